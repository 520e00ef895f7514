import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** What erasing a person would remove. */
export const erasureOptions = (id: number) =>
  queryOptions({
    queryKey: ["contacts", `contact/${id}`, "erasure"],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/contacts/{id}/erasure", { params: { path: { id } }, signal })),
    staleTime: 0,
  });

/** Packs everything of a person; the answer is the errand that does it. */
export const useExport = (id: number) =>
  useMutation({
    mutationFn: () => take(api.POST("/api/v1/contacts/{id}/export", { params: { path: { id } } })),
  });

export const useErase = (id: number) =>
  useMutation({
    mutationFn: (confirm: string) =>
      take(api.POST("/api/v1/contacts/{id}/erase", { params: { path: { id } }, body: { confirm } })),
  });

/** Forgets what this browser knows of lists and people: somebody is gone from them. */
export function useForgetPeople() {
  const client = useQueryClient();
  return (id: number) => {
    client.removeQueries({ predicate: ({ queryKey: [, one] }) => one === `contact/${id}` });
    void client.invalidateQueries({
      predicate: ({ queryKey: [kind] }) =>
        kind === "contacts" || kind === "companies" || kind === "conversations",
    });
  };
}
