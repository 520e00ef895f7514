import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** The workspace's columns in their order, with how many cards each has. */
export const columnsOptions = queryOptions({
  queryKey: ["board", "conversations"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/board/columns", { signal })),
});

/** The cards of one column, a page at a time. */
export const cardsOptions = (column: number) =>
  infiniteQueryOptions({
    queryKey: ["conversations", "board", column],
    queryFn: ({ signal, pageParam }) =>
      take(
        api.GET("/api/v1/board/columns/{id}/cards", {
          params: {
            path: { id: column },
            query: { limit: 30, ...(pageParam !== "" && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
