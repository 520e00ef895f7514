import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { api, take } from "@/lib/client";
import { sourcesOptions } from "@/lib/queries/sources";
import type { NewSource } from "@/lib/shapes";

const refresh = (client: ReturnType<typeof useQueryClient>) => client.invalidateQueries(sourcesOptions);

/** Makes a source; answers its URL and the secret, which is told this once. */
export function useAddSource() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewSource) => take(api.POST("/api/v1/sources", { body })),
    onSuccess: () => refresh(client),
  });
}

export function useChangeSource() {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: number; enabled?: boolean; mapping?: Record<string, string> }) =>
      take(api.PATCH("/api/v1/sources/{id}", { params: { path: { id } }, body })),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}

export function useRotateSecret() {
  return useMutation({
    mutationFn: (id: number) => take(api.POST("/api/v1/sources/{id}/rotate", { params: { path: { id } } })),
  });
}

export function useSendTest() {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: (id: number) => take(api.POST("/api/v1/sources/{id}/test", { params: { path: { id } } })),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}
