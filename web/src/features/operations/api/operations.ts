import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { api, take } from "@/lib/client";

/** Rates change while nothing is told of, so the page also asks by itself while it is looked at. */
export const operationsOptions = queryOptions({
  queryKey: ["operations"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/operations", { signal })),
  refetchInterval: 5_000,
});

export const buriedOptions = infiniteQueryOptions({
  queryKey: ["operations", "buried"],
  queryFn: ({ signal, pageParam }) =>
    take(
      api.GET("/api/v1/buried", { params: { query: pageParam === "" ? {} : { cursor: pageParam } }, signal }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
});

export const buriedItemOptions = (id: number) =>
  queryOptions({
    queryKey: ["operations", "buried", id],
    queryFn: ({ signal }) => take(api.GET("/api/v1/buried/{id}", { params: { path: { id } }, signal })),
  });

type Step = { what: "replay" } | { what: "drop" } | { what: "edit"; payload: string };

function send(id: number, step: Step): Promise<unknown> {
  const params = { path: { id } };
  if (step.what === "drop") return take(api.DELETE("/api/v1/buried/{id}", { params }));
  if (step.what === "replay") return take(api.POST("/api/v1/buried/{id}/replay", { params }));
  return take(api.PUT("/api/v1/buried/{id}", { params, body: { payload: step.payload } }));
}

const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ["operations"] });

/** Replays a buried item, with an edit or without, or drops it. */
export function useDecide(id: number) {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: (step: Step) => send(id, step),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}
