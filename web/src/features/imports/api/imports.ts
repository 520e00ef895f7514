import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { useRefused } from "@/components/useRefused";
import { api, take } from "@/lib/client";

import { outbox } from "../upload/outbox";
import { beginningOf, type Parcel } from "../upload/parcels";

/** Every import, newest first. */
export const importsOptions = infiniteQueryOptions({
  queryKey: ["imports"],
  queryFn: ({ signal, pageParam }) =>
    take(
      api.GET("/api/v1/imports", {
        params: { query: { limit: 20, ...(pageParam !== "" && { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
});

export const unreadOptions = (id: number) =>
  queryOptions({
    queryKey: ["imports", id, "unread"],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/imports/{id}/unread", { params: { path: { id } }, signal })),
  });

/** For a source that is there, or a new one by name. */
export type Into = { source_id: number } | { source_name: string };

/** Begins an import of each parcel, and sends them; the server knows those of which a part is there. */
export function useBeginImports() {
  const client = useQueryClient();
  const refused = useRefused();
  return useMutation({
    mutationFn: async ({ into, parcels }: { into: Into; parcels: readonly Parcel[] }) => {
      for (const { name, content } of parcels) {
        const beginning = await beginningOf(content);
        try {
          const begun = await take(
            api.POST("/api/v1/imports", { body: { ...into, name, size: content.size, beginning } }),
          );
          outbox.add(begun.id, content, begun.received);
        } catch (error) {
          refused(error); // one that is refused does not keep out the next
        }
      }
    },
    onSettled: () =>
      Promise.all(["imports", "sources"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}

/** Goes no further; what came in stays. */
export function useCancelImport() {
  const client = useQueryClient();
  const refused = useRefused();
  return useMutation({
    mutationFn: (id: number) => take(api.DELETE("/api/v1/imports/{id}", { params: { path: { id } } })),
    onSuccess: async (_gone, id) => {
      await client.invalidateQueries({ queryKey: ["imports"] });
      outbox.drop(id);
    },
    onError: refused,
  });
}
