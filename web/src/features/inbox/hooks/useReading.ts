import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";

import { anchorsOptions, type Listed, pageOptions } from "@/lib/queries/conversations";
import type { Conversation } from "@/lib/shapes";
import { pageOf, pagesOf } from "@/lib/windowing";

/** One consistent reading of a list: where its pages begin, and when that was read. */
export interface Reading {
  generation: number;
  total: number;
  anchors: readonly string[];
  starts: readonly number[];
}

const page = (list: Listed, { anchors, generation }: Reading, at: number) =>
  pageOptions(list, anchors[at] ?? "", anchors[at + 1] ?? "", generation);

/**
 * A list in pages that can be asked for in any order. After a change the new reading takes over
 * only when the pages on screen have come, so nothing blinks and no row is missing or doubled.
 */
export function useReading(list: Listed, first: number, last: number) {
  const client = useQueryClient();
  const anchors = useQuery({ ...anchorsOptions(list), placeholderData: keepPreviousData });
  const [shown, setShown] = useState<Reading | null>(null);
  const { data, isPlaceholderData } = anchors;
  const generation = data?.generation;

  useEffect(() => {
    if (!data || isPlaceholderData || generation === shown?.generation) return;
    let wanted = true;
    const { total, anchors: cursors, starts } = data;
    const next: Reading = { generation: data.generation, total, anchors: cursors, starts };
    const end = Math.min(Math.max(last, 1), total);
    const pages = pagesOf(Math.min(first, end), end, starts).map((at) =>
      client.prefetchQuery(page(list, next, at)),
    );
    void Promise.all(pages).then(() => {
      if (wanted) setShown(next);
    });
    return () => {
      wanted = false;
    };
  }, [client, data, isPlaceholderData, generation, shown, list, first, last]);

  const calm = useCalm(first, last);
  const asked = useMemo(
    () => (shown ? pagesOf(calm.first, Math.min(calm.last, shown.total), shown.starts) : []),
    [shown, calm],
  );
  const pages = useQueries({ queries: shown ? asked.map((at) => page(list, shown, at)) : [] });
  const rowAt = useCallback(
    (index: number): Conversation | undefined => {
      if (!shown) return undefined;
      const at = pageOf(index, shown.starts);
      return pages[asked.indexOf(at)]?.data?.items[index - (shown.starts[at] ?? 0)];
    },
    [shown, pages, asked],
  );
  const broken = pages.find(({ isError }) => isError);
  return {
    shown,
    rowAt,
    loaded: asked.flatMap((at, place) =>
      (pages[place]?.data?.items ?? []).map((row, step) => ({ row, index: (shown?.starts[at] ?? 0) + step })),
    ),
    error: anchors.error ?? broken?.error ?? null,
    retry: () => Promise.all([anchors.refetch(), ...pages.filter((p) => p.isError).map((p) => p.refetch())]),
  };
}

const STILL = 50;

/** The rows to ask for: at once when they follow on the last ones, else when a flight through the list has ended. */
function useCalm(first: number, last: number) {
  const [calm, setCalm] = useState({ first, last });
  const near = first <= calm.last && last >= calm.first;
  if (near && (first !== calm.first || last !== calm.last)) setCalm({ first, last });
  useEffect(() => {
    if (near) return;
    const timer = setTimeout(() => setCalm({ first, last }), STILL);
    return () => clearTimeout(timer);
  }, [first, last, near]);
  return calm;
}
