import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";

interface Notice {
  id: number;
  text: string;
  bad: boolean;
  undo?: () => unknown;
}

export interface Notices {
  /** A short message that goes away by itself; `undo` adds a button, and a key, that take the action back. */
  say: (text: string, undo?: () => unknown) => void;
  complain: (text: string) => void;
  /** Takes back the latest action that can be; false when there is none. */
  undoLatest: () => boolean;
}

const NoticeContext = createContext<Notices>({
  say: () => undefined,
  complain: () => undefined,
  undoLatest: () => false,
});

export const useNotices = (): Notices => use(NoticeContext);

const SHOWN_FOR = 6000;
const UNDO_DEPTH = 20;
let last = 0;

export function NoticeProvider({ undoText, children }: { undoText: string; children: ReactNode }) {
  const [shown, setShown] = useState<Notice[]>([]);
  const undos = useRef<{ id: number; undo: () => unknown }[]>([]);
  const drop = useCallback((id: number) => setShown((now) => now.filter((notice) => notice.id !== id)), []);
  const takeBack = useCallback(
    (id: number) => {
      const found = undos.current.find((one) => one.id === id);
      undos.current = undos.current.filter((one) => one.id !== id);
      drop(id);
      void found?.undo();
    },
    [drop],
  );
  const notices = useMemo<Notices>(() => {
    const add = (notice: Omit<Notice, "id">) => {
      const id = ++last;
      if (notice.undo) undos.current = [...undos.current, { id, undo: notice.undo }].slice(-UNDO_DEPTH);
      setShown((now) => [...now.slice(-2), { ...notice, id }]);
      setTimeout(() => drop(id), SHOWN_FOR);
    };
    return {
      say: (text, undo) => add({ text, bad: false, ...(undo && { undo }) }),
      complain: (text) => add({ text, bad: true }),
      undoLatest: () => {
        const latest = undos.current.at(-1);
        if (latest) takeBack(latest.id);
        return latest !== undefined;
      },
    };
  }, [drop, takeBack]);
  return (
    <NoticeContext value={notices}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {shown.map(({ id, text, bad, undo }) => (
          <p key={id} className={bad ? "notice bad" : "notice"}>
            {text}
            {undo && (
              <button type="button" className="link" aria-keyshortcuts="z" onClick={() => takeBack(id)}>
                {undoText}
                <kbd aria-hidden>Z</kbd>
              </button>
            )}
          </p>
        ))}
      </div>
    </NoticeContext>
  );
}
