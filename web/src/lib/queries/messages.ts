import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** The messages of a conversation, oldest first, fifty at a time. */
export const messagesOptions = (id: number) =>
  infiniteQueryOptions({
    queryKey: [`conversation/${id}`, "messages"],
    queryFn: ({ signal, pageParam }) =>
      take(
        api.GET("/api/v1/conversations/{id}/messages", {
          params: { path: { id }, query: { limit: 50, ...(pageParam === "" ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
