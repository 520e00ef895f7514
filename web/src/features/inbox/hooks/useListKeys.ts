import type { OpenMenu } from "@/components/ActionMenus";
import { type Actions, type Target, targetOf } from "@/components/useActions";
import type { Conversation } from "@/lib/shapes";
import { useShortcuts } from "@/lib/shortcuts";

import type { useCursor } from "./useCursor";
import type { Selection } from "./useSelection";

interface Given {
  cursor: ReturnType<typeof useCursor>;
  rowAt: (index: number) => Conversation | undefined;
  selection: Selection;
  actions: Actions;
  openOne: (id: number) => void;
  /** Beside an open conversation the keys that act belong to that one. */
  beside: boolean;
  openMenu: (menu: OpenMenu) => void;
}

/** The keys of the list. What is ticked is acted on; else the row under the cursor. */
export function useListKeys({ cursor, rowAt, selection, actions, openOne, beside, openMenu }: Given): void {
  const row = rowAt(cursor.index);
  const many = selection.count > 0;
  const target: Target | null = many
    ? { selected: selection.selected, count: selection.count }
    : row
      ? targetOf(row)
      : null;
  const extend = (step: number) => {
    if (row && !many) selection.toggle(row, cursor.index);
    const moved = cursor.move(step);
    if (moved) selection.reach(moved.index, rowAt);
  };
  const act = (work: (target: Target) => void) => () => {
    if (!target) return false;
    work(target);
    if (many) selection.clear();
    return true;
  };
  const menu = (which: NonNullable<OpenMenu>) => () => {
    if (!row && !many) return false;
    if (row && !many) selection.toggle(row, cursor.index);
    openMenu(which);
    return true;
  };
  const acting = !beside || many;
  useShortcuts({
    down: () => cursor.move(1) !== null,
    up: () => cursor.move(-1) !== null,
    extendDown: () => extend(1),
    extendUp: () => extend(-1),
    select: () => row && selection.toggle(row, cursor.index),
    open: () => {
      if (document.activeElement !== document.body || !row) return false; // a link opens itself
      openOne(row.id);
      return true;
    },
    ...(many && { back: selection.clear }),
    ...(acting && {
      close: act((meant) => {
        actions.close(meant, many || row?.status === "open");
        if (!many) cursor.move(1);
      }),
      unread: act((meant) => actions.unread(meant, many || row?.unread === false)),
      mine: act((meant) =>
        actions.assign(meant, row?.assignee?.id === actions.me?.id && !many ? null : (actions.me ?? null)),
      ),
      snooze: menu("snooze"),
      assign: menu("assign"),
      tag: menu("tag"),
    }),
  });
}
