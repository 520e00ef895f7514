import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { api, take } from "@/lib/client";
import type { MailboxAccess, NewMailbox } from "@/lib/shapes";

const SECONDS = 3_000;

/** Every mailbox with its folders; asked again while it is looked at, because mail is on its way. */
export const mailboxesOptions = queryOptions({
  queryKey: ["sources", "mailboxes"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/mailboxes", { signal })),
  refetchInterval: SECONDS,
});

export const troubledOptions = (id: number) =>
  queryOptions({
    queryKey: ["sources", "mailboxes", id, "troubled"],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/mailboxes/{id}/troubled", { params: { path: { id } }, signal })),
  });

const refresh = (client: ReturnType<typeof useQueryClient>) =>
  client.invalidateQueries({ queryKey: ["sources"] });

export function useAddMailbox() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewMailbox) => take(api.POST("/api/v1/mailboxes", { body })),
    onSuccess: () => refresh(client),
  });
}

/** Signs in and counts; nothing is stored. */
export function useTryMailbox() {
  return useMutation({
    mutationFn: (body: MailboxAccess) => take(api.POST("/api/v1/mailboxes/test", { body })),
  });
}

export function useCheckMailbox() {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: (id: number) => take(api.POST("/api/v1/mailboxes/{id}/check", { params: { path: { id } } })),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}

/** Follows it no longer, or again; what is here stays. */
export function usePauseMailbox() {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: ({ id, enabled }: { id: number; enabled: boolean }) =>
      take(api.PATCH("/api/v1/sources/{id}", { params: { path: { id } }, body: { enabled } })),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}
