import { clear, createStore, del, get, set, type UseStore } from "idb-keyval";
import { useCallback, useEffect, useRef, useState } from "react";

/** What is being written and not yet sent, kept in the browser: a closed tab loses nothing. */
let place: UseStore | undefined;
const store = (): UseStore => (place ??= createStore("posthus-drafts", "kept"));
const WAIT = 300;

async function keep(key: string, text: string): Promise<void> {
  try {
    await (text === "" ? del(key, store()) : set(key, text, store()));
  } catch {
    // no storage in this window: the draft lasts as long as the page
  }
}

/** At sign-out: whoever comes next finds nothing. A session that ends by itself leaves them. */
export async function forgetDrafts(): Promise<void> {
  try {
    await clear(store());
  } catch {
    // as above
  }
}

/** A text that is there again when the page is opened again; `drop` when it has been sent. */
export function useDraft(key: string): { text: string; write: (text: string) => void; drop: () => void } {
  const [text, setText] = useState("");
  const touched = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<string | null>(null);
  const flush = useCallback(() => {
    clearTimeout(timer.current);
    if (waiting.current !== null) void keep(key, waiting.current);
    waiting.current = null;
  }, [key]);

  useEffect(() => {
    touched.current = false;
    void Promise.resolve()
      .then(() => get<string>(key, store()))
      .then((kept) => {
        if (kept !== undefined && !touched.current) setText(kept);
      })
      .catch(() => undefined);
    addEventListener("pagehide", flush);
    return () => {
      removeEventListener("pagehide", flush);
      flush();
    };
  }, [key, flush]);

  const write = useCallback(
    (next: string) => {
      touched.current = true;
      setText(next);
      waiting.current = next;
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, WAIT);
    },
    [flush],
  );
  const drop = useCallback(() => {
    write("");
    flush();
  }, [write, flush]);
  return { text, write, drop };
}
