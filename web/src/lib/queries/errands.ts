import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Errand } from "@/lib/shapes";

export const isOver = ({ state }: Pick<Errand, "state">): boolean =>
  state !== "waiting" && state !== "running";

/** Work that takes a while; asked again when the server says it moved on, and now and then all the same. */
export const errandOptions = (id: number) =>
  queryOptions({
    queryKey: [`errand/${id}`],
    queryFn: ({ signal }) => take(api.GET("/api/v1/errands/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : 2000),
  });

export function useStopErrand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => take(api.DELETE("/api/v1/errands/{id}", { params: { path: { id } } })),
    onSettled: (_done, _error, id) => client.invalidateQueries({ queryKey: [`errand/${id}`] }),
  });
}
