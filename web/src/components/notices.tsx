import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";

interface Notice {
  id: number;
  text: string;
  bad: boolean;
  undo?: () => void;
}

export interface Notices {
  /** A short message that goes away by itself; `undo` adds a button that takes the action back. */
  say: (text: string, undo?: () => void) => void;
  complain: (text: string) => void;
}

const NoticeContext = createContext<Notices>({ say: () => undefined, complain: () => undefined });

export const useNotices = (): Notices => use(NoticeContext);

const SHOWN_FOR = 6000;
let last = 0;

export function NoticeProvider({ undoText, children }: { undoText: string; children: ReactNode }) {
  const [shown, setShown] = useState<Notice[]>([]);
  const drop = useCallback((id: number) => setShown((now) => now.filter((notice) => notice.id !== id)), []);
  const notices = useMemo<Notices>(() => {
    const add = (notice: Omit<Notice, "id">) => {
      const id = ++last;
      setShown((now) => [...now.slice(-2), { ...notice, id }]);
      setTimeout(() => drop(id), SHOWN_FOR);
    };
    return {
      say: (text, undo) => add({ text, bad: false, ...(undo && { undo }) }),
      complain: (text) => add({ text, bad: true }),
    };
  }, [drop]);
  return (
    <NoticeContext value={notices}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {shown.map(({ id, text, bad, undo }) => (
          <p key={id} className={bad ? "notice bad" : "notice"}>
            {text}
            {undo && (
              <button
                type="button"
                className="link"
                onClick={() => {
                  undo();
                  drop(id);
                }}
              >
                {undoText}
              </button>
            )}
          </p>
        ))}
      </div>
    </NoticeContext>
  );
}
