import { useCallback, useMemo, useState } from "react";

import type { Selected } from "@/lib/queries/changeConversation";
import type { Listed } from "@/lib/queries/conversations";
import type { Conversation } from "@/lib/shapes";

/** What is ticked: some rows by number, or the whole list but some. */
interface Ticked {
  whole: boolean;
  ids: ReadonlySet<number>;
  /** Where the last row was ticked: a range reaches from here. */
  from: number | null;
}

const NOTHING: Ticked = { whole: false, ids: new Set(), from: null };

export function useSelection(list: Listed, total: number) {
  const [ticked, setTicked] = useState<Ticked>(NOTHING);
  const has = useCallback((id: number) => ticked.whole !== ticked.ids.has(id), [ticked]);
  const count = ticked.whole ? total - ticked.ids.size : ticked.ids.size;
  const clear = useCallback(() => setTicked(NOTHING), []);
  const toggle = useCallback(
    (row: Conversation, index: number) =>
      setTicked(({ whole, ids }) => {
        const next = new Set(ids);
        if (!next.delete(row.id)) next.add(row.id);
        return { whole, ids: next, from: index };
      }),
    [],
  );
  /** Ticks all rows from the last ticked one to this. */
  const reach = useCallback(
    (index: number, rowAt: (index: number) => Conversation | undefined) =>
      setTicked(({ whole, ids, from }) => {
        const next = new Set(ids);
        const [low, high] = [Math.min(from ?? index, index), Math.max(from ?? index, index)];
        for (let at = low; at <= high; at += 1) {
          const row = rowAt(at);
          if (!row) continue;
          if (whole) next.delete(row.id);
          else next.add(row.id);
        }
        return { whole, ids: next, from: index };
      }),
    [],
  );
  const everything = useCallback(() => setTicked({ whole: true, ids: new Set(), from: null }), []);
  const selected = useMemo<Selected>(
    () => (ticked.whole ? { ...list, except: [...ticked.ids] } : { ids: [...ticked.ids] }),
    [ticked, list],
  );
  return { count, whole: ticked.whole, has, toggle, reach, everything, clear, selected };
}

export type Selection = ReturnType<typeof useSelection>;
