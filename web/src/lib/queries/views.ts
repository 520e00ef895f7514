import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Filter } from "@/lib/filter";
import type { View } from "@/lib/shapes";

/** The saved views a person sees: their own, and those shared with everybody. */
export const viewsOptions = queryOptions({
  queryKey: ["views"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/views", { signal })),
});

/** How many conversations a filter would show, before it is saved. */
export const countOptions = (filter: Filter) =>
  queryOptions({
    queryKey: ["conversations", "count", filter],
    queryFn: ({ signal }) => take(api.POST("/api/v1/views/count", { body: { filter }, signal })),
  });

export interface ViewChange {
  name: string;
  filter: Filter;
  shared: boolean;
}

export function useSaveView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { id: number | null; change: ViewChange }): Promise<View> =>
      id === null
        ? take(api.POST("/api/v1/views", { body: change }))
        : take(api.PATCH("/api/v1/views/{id}", { params: { path: { id } }, body: change })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["views"] }),
        client.invalidateQueries({ queryKey: countsKey }),
      ]),
  });
}

const countsKey = ["conversations", "counts"];

export function useDropView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => take(api.DELETE("/api/v1/views/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["views"] }),
  });
}
