import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Messages, notes and what was done, oldest first, fifty at a time. */
export const timelineOptions = (id: number) =>
  infiniteQueryOptions({
    queryKey: [`conversation/${id}`, "timeline"],
    queryFn: ({ signal, pageParam }) =>
      take(
        api.GET("/api/v1/conversations/{id}/timeline", {
          params: { path: { id }, query: { limit: 50, ...(pageParam !== "" && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
