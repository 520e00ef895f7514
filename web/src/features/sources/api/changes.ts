import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { api, take } from "@/lib/client";
import type { NewSource, Rotate, SourceChange } from "@/lib/shapes";

/** Every key that begins with "sources": the list, and what is open of one. */
const refresh = (client: ReturnType<typeof useQueryClient>) =>
  client.invalidateQueries({ queryKey: ["sources"] });

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
    mutationFn: ({ id, ...body }: SourceChange & { id: number }) =>
      take(api.PATCH("/api/v1/sources/{id}", { params: { path: { id } }, body })),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}

/** Another secret: the provider's, or one that is made; the former one may stay good for some hours. */
export function useRotateSecret() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: Rotate & { id: number }) =>
      take(api.POST("/api/v1/sources/{id}/rotate", { params: { path: { id } }, body })),
    onSuccess: () => refresh(client),
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

export function useSaveMapping(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mapping: Record<string, string>) =>
      take(api.POST("/api/v1/sources/{id}/mappings", { params: { path: { id } }, body: { mapping } })),
    onSuccess: () => refresh(client),
  });
}

export function useRestoreMapping(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      take(
        api.POST("/api/v1/sources/{id}/mappings/{version}/restore", { params: { path: { id, version } } }),
      ),
    onSuccess: () => refresh(client),
  });
}

export interface Decision {
  what: "release" | "drop";
  /** Nothing named: all of the source. */
  eventIds: string[] | null;
  sourceId: number;
}

/** Lets deliveries in or deletes them; everything of a source goes in portions until none is left. */
export function useDecide() {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: async ({ what, eventIds, sourceId }: Decision) => {
      const body = { event_ids: eventIds, source_id: sourceId };
      let taken = 0;
      let more = true;
      while (more) {
        const decided = await take(api.POST(`/api/v1/quarantine/${what}`, { body }));
        taken += decided.taken;
        ({ more } = decided);
      }
      return taken;
    },
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}
