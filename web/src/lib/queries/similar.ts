import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Conversations about the same as one. */
export const similarOptions = (id: number, limit = 5) =>
  queryOptions({
    queryKey: ["conversations", "similar", id, limit],
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/conversations/{id}/similar", { params: { path: { id }, query: { limit } }, signal }),
      ),
    staleTime: 60_000,
  });
