import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Takes something back; what somebody has changed since stays as it is, and is counted in `kept`. */
export function useUndo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => take(api.POST("/api/v1/undo/{id}", { params: { path: { id } } })),
    onSuccess: () =>
      client.invalidateQueries({ predicate: ({ queryKey: [kind] }) => kind !== "conversation-page" }),
  });
}
