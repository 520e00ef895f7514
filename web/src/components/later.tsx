import { type ComponentType, createContext, use, useEffect, useLayoutEffect, useRef, useState } from "react";

interface Ahead {
  /** What was written. */
  text: string;
  /** Keys that move or choose, as they came. */
  keys: string[];
}

const TypedAhead = createContext<Ahead>({ text: "", keys: [] });

/** What was written before the component that asks had come: it begins with it. */
export const useTypedAhead = (): string => use(TypedAhead).text;

/**
 * A menu or dialog whose code comes when it is first opened; `fetch` brings it before. Keys pressed meanwhile are
 * meant for it: it gets them, and none acts as a shortcut. Once its code is there it opens in the same frame.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let there: ComponentType<Props> | null = null;
  const fetch = () => load().then((component) => (there = component));

  function Later(props: Props & { close?: () => void }) {
    const [Found, setFound] = useState(() => there);
    const [failure, setFailure] = useState<unknown>(null);
    const ahead = useRef<Ahead>({ text: "", keys: [] });
    useEffect(() => {
      if (there === null) fetch().then((component) => setFound(() => component), setFailure);
    }, []);
    useKeysAhead(ahead.current, Found === null, props.close);
    if (failure !== null) throw failure;
    if (Found === null) return null;
    return (
      <TypedAhead value={ahead.current}>
        <Found {...props} />
      </TypedAhead>
    );
  }
  return Object.assign(Later, { fetch });
}

/** Collects keys while `waiting`; then presses those that are not text where the focus has gone. */
function useKeysAhead(ahead: Ahead, waiting: boolean, close?: () => void): void {
  useLayoutEffect(() => {
    if (!waiting) return;
    const collect = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === "Escape") close?.();
      else if (event.key === "Backspace") ahead.text = ahead.text.slice(0, -1);
      else if (event.key.length === 1) ahead.text += event.key;
      else if (/^(Enter|Arrow(Up|Down))$/.test(event.key)) ahead.keys.push(event.key);
    };
    window.addEventListener("keydown", collect, true);
    return () => window.removeEventListener("keydown", collect, true);
  }, [ahead, waiting, close]);

  useEffect(() => {
    if (waiting) return;
    // The list draws what a key moved to before the next key is pressed.
    const press = () => {
      const key = ahead.keys.shift();
      if (key === undefined) return;
      for (const kind of ["keydown", "keyup"])
        document.activeElement?.dispatchEvent(
          new KeyboardEvent(kind, { key, bubbles: true, cancelable: true }),
        );
      requestAnimationFrame(press);
    };
    requestAnimationFrame(press);
  }, [ahead, waiting]);
}
