import {
  type ComponentType,
  createContext,
  startTransition,
  use,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

import { useText } from "@/i18n/text";
import { isMissing, renew } from "@/lib/renewal";

import { useNotices } from "./notices";

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
 * meant for it: it gets them, and none acts as a shortcut. Where its code is there it is drawn behind the next frame,
 * a slice at a time: the hand that opened it is never kept waiting.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let there: ComponentType<Props> | null = null;
  const fetch = () => load().then((component) => (there = component));

  function Later(props: Props & { close?: () => void }) {
    const [Found, setFound] = useState<ComponentType<Props> | null>(null);
    const [failure, setFailure] = useState<unknown>(null);
    const absent = useAbsent(props.close);
    const ahead = useRef<Ahead>({ text: "", keys: [] });
    useEffect(() => {
      const draw = (component: ComponentType<Props>) => startTransition(() => setFound(() => component));
      if (there !== null) draw(there);
      else fetch().then(draw, (error: unknown) => (isMissing(error) ? absent() : setFailure(error)));
      // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when it is opened
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

/** Code that cannot be fetched: the page is loaded anew if that helps, else what was asked for is not opened. */
function useAbsent(close?: () => void): () => void {
  const { t } = useText();
  const { complain } = useNotices();
  return () => {
    close?.();
    void renew().then((renewing) => !renewing && complain(t("error.offline")));
  };
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
