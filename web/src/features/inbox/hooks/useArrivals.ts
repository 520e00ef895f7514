import { useEffect, useLayoutEffect, useRef, useState } from "react";

import type { Conversation } from "@/lib/shapes";
import { type Place, scaleOf, type Viewport } from "@/lib/windowing";

import type { Reading } from "./useReading";

interface Placed {
  row: Conversation;
  index: number;
}

interface Seen {
  generation: number;
  places: Map<number, number>;
  newest: string;
}

/** Rows that were not there before and are newer than all that were. */
export function freshRows(
  before: { places: ReadonlyMap<number, number>; newest: string },
  now: readonly Placed[],
) {
  return now
    .filter(({ row }) => !before.places.has(row.id) && row.last_message_at > before.newest)
    .map(({ row }) => row.id);
}

/** How many rows came in above the first row on screen. */
export function movedBy(places: ReadonlyMap<number, number>, now: readonly Placed[], top: number): number {
  const kept = now
    .map(({ row, index }) => ({ before: places.get(row.id), index }))
    .filter((place): place is { before: number; index: number } => (place.before ?? -1) >= top)
    .sort((a, b) => a.before - b.before)[0];
  return kept ? kept.index - kept.before : 0;
}

/**
 * New rows slide in at the top; whoever has scrolled down keeps the rows they are reading.
 * Answers the ids of the rows that just came.
 */
export function useArrivals(
  viewport: Viewport,
  goTo: (place: Place) => void,
  shown: Reading | null,
  loaded: readonly Placed[],
): ReadonlySet<number> {
  const seen = useRef<Seen | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set<number>());
  const generation = shown?.generation ?? 0;

  useLayoutEffect(() => {
    if (!shown || loaded.length === 0) return;
    const before = seen.current;
    if (before && before.generation !== generation) {
      const came = freshRows(before, loaded);
      if (viewport.top > 0) {
        const { rowHeight } = viewport;
        const moved = movedBy(before.places, loaded, Math.floor(viewport.top / rowHeight)) * rowHeight;
        const top = viewport.top + moved;
        if (moved !== 0) goTo({ top, scrollTop: top / scaleOf(viewport) });
      }
      if (came.length > 0) setFresh(new Set(came));
    }
    const newest = loaded.reduce(
      (latest, { row }) => (row.last_message_at > latest ? row.last_message_at : latest),
      "",
    );
    seen.current = {
      generation,
      places: new Map(loaded.map(({ row, index }) => [row.id, index])),
      newest: before && before.newest > newest ? before.newest : newest,
    };
  }, [viewport, goTo, shown, generation, loaded]);

  useEffect(() => {
    if (fresh.size === 0) return;
    const timer = setTimeout(() => setFresh(new Set<number>()), 4000);
    return () => clearTimeout(timer);
  }, [fresh]);
  return fresh;
}
