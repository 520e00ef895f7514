import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";

import { anchorsOptions, type ConversationFilter, PAGE_SIZE, pageOptions } from "@/lib/queries/conversations";
import type { Conversation } from "@/lib/shapes";
import { pagesOf } from "@/lib/windowing";

/** One consistent reading of a list: its anchors, and when they were read. */
export interface Reading {
  generation: number;
  total: number;
  anchors: readonly string[];
}

/**
 * A list in pages that can be asked for in any order. After a change the new reading takes over
 * only when the pages on screen have come, so nothing blinks and no row is missing or doubled.
 */
export function useReading(filter: ConversationFilter, first: number, last: number) {
  const client = useQueryClient();
  const anchors = useQuery(anchorsOptions(filter));
  const [shown, setShown] = useState<Reading | null>(null);
  const { data, dataUpdatedAt: generation } = anchors;

  useEffect(() => {
    if (!data || generation === shown?.generation) return;
    let wanted = true;
    const next: Reading = { generation, total: data.total, anchors: data.anchors };
    const end = Math.min(Math.max(last, 1), data.total);
    const pages = pagesOf(Math.min(first, end), end, PAGE_SIZE).map((page) =>
      client.prefetchQuery(pageOptions(filter, data.anchors[page] ?? "", generation)),
    );
    void Promise.all(pages).then(() => {
      if (wanted) setShown(next);
    });
    return () => {
      wanted = false;
    };
  }, [client, data, generation, shown, filter, first, last]);

  const numbers = shown ? pagesOf(first, Math.min(last, shown.total), PAGE_SIZE) : [];
  const asked = numbers.filter((page) => shown?.anchors[page] !== undefined);
  const pages = useQueries({
    queries: asked.map((page) => pageOptions(filter, shown?.anchors[page] ?? "", shown?.generation ?? 0)),
  });
  const rowAt = useCallback(
    (index: number): Conversation | undefined => {
      const page = pages[asked.indexOf(Math.floor(index / PAGE_SIZE))];
      return page?.data?.items[index % PAGE_SIZE];
    },
    [pages, asked],
  );
  const broken = pages.find((page) => page.isError);
  return {
    shown,
    rowAt,
    loaded: asked.flatMap((page, place) =>
      (pages[place]?.data?.items ?? []).map((row, step) => ({ row, index: page * PAGE_SIZE + step })),
    ),
    error: anchors.error ?? broken?.error ?? null,
    retry: () => Promise.all([anchors.refetch(), ...pages.filter((p) => p.isError).map((p) => p.refetch())]),
  };
}
