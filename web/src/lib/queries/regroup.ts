import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Gives messages a conversation of their own. */
export function useSplit(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (messages: string[]) =>
      take(
        api.POST("/api/v1/conversations/{id}/split", {
          params: { path: { id } },
          body: { message_ids: messages },
        }),
      ),
    onSettled: () => regrouped(client, id),
  });
}

/** Makes other conversations part of this one. */
export function useMerge(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (others: number[]) =>
      take(api.POST("/api/v1/conversations/{id}/merge", { params: { path: { id } }, body: { others } })),
    onSettled: () => regrouped(client, id),
  });
}

function regrouped(client: ReturnType<typeof useQueryClient>, id: number) {
  return client.invalidateQueries({
    predicate: ({ queryKey: [kind] }) => kind === "conversations" || kind === `conversation/${id}`,
  });
}
