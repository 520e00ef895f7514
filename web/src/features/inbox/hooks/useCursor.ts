import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

import { conversationOptions } from "@/lib/queries/conversations";
import { timelineOptions } from "@/lib/queries/timeline";
import type { Conversation } from "@/lib/shapes";
import { type Place, placeOfRow, type Viewport } from "@/lib/windowing";

interface Given {
  scroller: RefObject<HTMLDivElement | null>;
  viewport: Viewport;
  goTo: (place: Place) => void;
  rowAt: (index: number) => Conversation | undefined;
  loaded: readonly { row: Conversation; index: number }[];
  open: number | null;
}

interface Cursor {
  id: number | null;
  index: number;
}

/** Where the cursor stands now: it belongs to a conversation, and follows it when rows come or go. */
export function whereIs(
  cursor: Cursor,
  { rowAt, loaded, total }: Pick<Given, "rowAt" | "loaded"> & { total: number },
) {
  const within = Math.min(cursor.index, Math.max(0, total - 1));
  if (cursor.id === null || rowAt(cursor.index)?.id === cursor.id) return within;
  return loaded.find(({ row }) => row.id === cursor.id)?.index ?? within;
}

/** The keyboard's place in the list: moving it moves the focus along. */
export function useCursor({ scroller, viewport, goTo, rowAt, loaded, open }: Given) {
  const [cursor, setCursor] = useState<Cursor>({ id: null, index: 0 });
  const [focused, setFocused] = useState(false);
  const { total } = viewport;
  const opened = open === null ? undefined : loaded.find(({ row }) => row.id === open);
  const index = cursor.id === null && opened ? opened.index : whereIs(cursor, { rowAt, loaded, total });
  const wanted = useRef<number | null>(null);

  const choose = useCallback((id: number, at: number) => {
    setCursor({ id, index: at });
    setFocused(true);
  }, []);

  /** The row that the cursor stands on after moving; null when the list is empty. */
  const move = (step: number): { index: number; row: Conversation | undefined } | null => {
    if (total === 0) return null;
    const next = Math.min(total - 1, Math.max(0, index + step));
    goTo(placeOfRow(next, viewport));
    const row = rowAt(next);
    setCursor({ id: row?.id ?? null, index: next });
    setFocused(true);
    wanted.current = next;
    return { index: next, row };
  };

  useEffect(() => {
    if (wanted.current === null) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`);
    if (!link) return; // its page is on its way
    link.focus({ preventScroll: true });
    wanted.current = null;
  });

  usePrefetch([rowAt(index)?.id, rowAt(index + 1)?.id, rowAt(index + 2)?.id]);
  return { index, focused, choose, move };
}

/** The conversations one is about to open are fetched already. */
function usePrefetch(ids: readonly (number | undefined)[]): void {
  const client = useQueryClient();
  const wanted = ids.join(" ");
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const id of wanted.split(" ").filter(Boolean).map(Number)) {
        void client.prefetchQuery(conversationOptions(id));
        void client.prefetchInfiniteQuery(timelineOptions(id));
      }
    }, 150);
    return () => clearTimeout(timer);
  }, [client, wanted]);
}
