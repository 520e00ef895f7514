import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

import { messagesOptions } from "@/lib/queries/messages";
import type { Conversation } from "@/lib/shapes";
import { useShortcuts } from "@/lib/shortcuts";
import { scrollToRow, type Viewport } from "@/lib/windowing";

import { useRowActions } from "./useRowActions";

interface Given {
  scroller: RefObject<HTMLDivElement | null>;
  viewport: Viewport;
  rowAt: (index: number) => Conversation | undefined;
  loaded: readonly { row: Conversation; index: number }[];
  open: number | null;
  openOne: (id: number) => void;
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
  if (cursor.id === null || rowAt(cursor.index)?.id === cursor.id)
    return Math.min(cursor.index, Math.max(0, total - 1));
  const moved = loaded.find(({ row }) => row.id === cursor.id);
  return moved ? moved.index : Math.min(cursor.index, Math.max(0, total - 1));
}

/** The keyboard's place in the list: j and k move it, and the focus with it. */
export function useCursor({ scroller, viewport, rowAt, loaded, open, openOne }: Given) {
  const client = useQueryClient();
  const [cursor, setCursor] = useState<Cursor>({ id: null, index: 0 });
  const [focused, setFocused] = useState(false);
  const { total } = viewport;
  const opened = open === null ? undefined : loaded.find(({ row }) => row.id === open);
  const index = cursor.id === null && opened ? opened.index : whereIs(cursor, { rowAt, loaded, total });
  const wanted = useRef<number | null>(null);
  const { closeOrReopen, unreadOrRead, takeOrLeave } = useRowActions();

  const choose = useCallback((id: number, at: number) => {
    setCursor({ id, index: at });
    setFocused(true);
  }, []);

  const move = (step: number) => {
    const next = Math.min(total - 1, Math.max(0, index + step));
    if (total === 0) return false;
    const node = scroller.current;
    if (node) node.scrollTop = scrollToRow(next, { ...viewport, scrollTop: node.scrollTop });
    setCursor({ id: rowAt(next)?.id ?? null, index: next });
    setFocused(true);
    wanted.current = next;
    return true;
  };

  useEffect(() => {
    if (wanted.current === null) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`);
    if (!link) return; // its page is on its way
    link.focus({ preventScroll: true });
    wanted.current = null;
  });

  // The conversations one is about to open are fetched already.
  const here = rowAt(index)?.id;
  const after = rowAt(index + 1)?.id;
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const id of [here, after])
        if (id !== undefined) void client.prefetchInfiniteQuery(messagesOptions(id));
    }, 150);
    return () => clearTimeout(timer);
  }, [client, here, after]);

  const row = () => rowAt(index);
  useShortcuts({
    down: () => move(1),
    up: () => move(-1),
    open: () => {
      const target = row();
      if (document.activeElement !== document.body || !target) return false; // a link opens itself
      openOne(target.id);
      return true;
    },
    // Beside an open conversation these keys belong to that one.
    ...(open === null && {
      close: () => {
        const target = row();
        if (!target) return;
        closeOrReopen(target);
        if (index + 1 < total) move(1);
      },
      unread: () => unreadOrRead(row()),
      assign: () => takeOrLeave(row()),
    }),
  });
  return { index, focused, choose };
}
