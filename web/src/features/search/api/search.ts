import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Channel } from "@/lib/shapes";

export interface SearchQuestion {
  q: string;
  mode?: "hybrid" | "words" | "meaning" | undefined;
  source?: number | undefined;
  company?: number | undefined;
  contact?: number | undefined;
  channel?: Channel | undefined;
  status?: "open" | "closed" | undefined;
  files?: boolean | undefined;
  since?: string | undefined;
  until?: string | undefined;
  limit?: number | undefined;
}

/** A question; typing on cancels the request that is no longer wanted. */
export const searchOptions = (question: SearchQuestion) =>
  queryOptions({
    queryKey: ["search", question],
    queryFn: ({ signal }) => take(api.GET("/api/v1/search", { params: { query: question }, signal })),
    staleTime: 10_000,
    gcTime: 120_000,
  });

/** Why the same question finds what it does. */
export const explanationOptions = (question: SearchQuestion) =>
  queryOptions({
    queryKey: ["search", "explain", question],
    queryFn: ({ signal }) => take(api.GET("/api/v1/search/explain", { params: { query: question }, signal })),
    gcTime: 60_000,
  });
