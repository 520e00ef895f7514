import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import { sessionOptions } from "@/lib/queries/session";
import type { Conversation, ConversationChange, ConversationPage } from "@/lib/shapes";

interface Change {
  id: number;
  change: ConversationChange;
}

function changedRow(row: Conversation, { id, change }: Change, me: Conversation["assignee"]): Conversation {
  if (row.id !== id) return row;
  return {
    ...row,
    status: change.status ?? row.status,
    unread: change.unread ?? row.unread,
    assignee: change.assignee_id === undefined ? row.assignee : change.assignee_id === null ? null : me,
  };
}

function isPage(value: unknown): value is ConversationPage {
  return typeof value === "object" && value !== null && "items" in value;
}

/** Shows the change everywhere the conversation stands; answers how to take it back. */
function showAtOnce(client: QueryClient, change: Change): () => void {
  const member = client.getQueryData(sessionOptions.queryKey)?.member;
  const me = member ? { id: member.id, name: member.name } : null;
  const pages = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => inList(queryKey) };
  const kept = client.getQueriesData(pages);
  const key = [`conversation/${change.id}`];
  const one = client.getQueryData<Conversation>(key);
  client.setQueriesData<unknown>(pages, (page: unknown) =>
    isPage(page) ? { ...page, items: page.items.map((row) => changedRow(row, change, me)) } : page,
  );
  if (one) client.setQueryData(key, changedRow(one, change, me));
  return () => {
    for (const [queryKey, value] of kept) client.setQueryData(queryKey, value);
    if (one) client.setQueryData(key, one);
  };
}

function inList(key: readonly unknown[]): boolean {
  return key[0] === "conversation-page" || (key[0] === "conversations" && key[1] === "recent");
}

/** Changes a conversation: on screen at once, taken back when the server refuses. */
export function useChangeConversation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: Change) =>
      take(api.PATCH("/api/v1/conversations/{id}", { params: { path: { id } }, body: change })),
    onMutate: (change) => ({ takeBack: showAtOnce(client, change) }),
    onError: (_error, _change, context) => context?.takeBack(),
    onSettled: (_data, _error, { id }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["conversations"] }),
        client.invalidateQueries({ queryKey: [`conversation/${id}`], exact: true }),
      ]),
  });
}
