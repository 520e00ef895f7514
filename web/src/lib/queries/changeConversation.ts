import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Filter } from "@/lib/filter";
import { membersOptions } from "@/lib/queries/members";
import { tagsOptions } from "@/lib/queries/tags";
import type { Conversation, ConversationChange, ConversationPage, Member, Tag } from "@/lib/shapes";

/** Some conversations by number, or all of a list but some. */
export type Selected =
  { ids: readonly number[] } | { view: string; filter?: Filter; except: readonly number[] };

interface Change {
  selected: Selected;
  change: ConversationChange;
}

interface Known {
  members: readonly Member[];
  tags: readonly Tag[];
}

/** The row as it will be; the server's answer follows. */
export function changedRow(
  row: Conversation,
  change: ConversationChange,
  { members, tags }: Known,
): Conversation {
  const { status, unread, assignee_id: assigned, snoozed_until: snoozed } = change;
  const added = change.add_tags ?? [];
  const removed = change.remove_tags ?? [];
  const who = members.find(({ id }) => id === assigned);
  const kept = row.tags.filter(({ id }) => !removed.includes(id) && !added.includes(id));
  return {
    ...row,
    status: status ?? row.status,
    unread: unread ?? row.unread,
    assignee: assigned === undefined ? row.assignee : who ? { id: who.id, name: who.name } : null,
    snoozed_until: snoozed === undefined ? row.snoozed_until : snoozed,
    tags:
      added.length > 0 || removed.length > 0
        ? [...kept, ...tags.filter(({ id }) => added.includes(id))]
        : row.tags,
  };
}

function isPage(value: unknown): value is ConversationPage {
  return typeof value === "object" && value !== null && "items" in value;
}

function inList(key: readonly unknown[]): boolean {
  return key[0] === "conversation-page" || (key[0] === "conversations" && key[1] === "recent");
}

/** Shows the change everywhere the conversations stand; answers how to take it back. */
function showAtOnce(client: QueryClient, { selected, change }: Change): () => void {
  const known = {
    members: client.getQueryData(membersOptions.queryKey)?.items ?? [],
    tags: client.getQueryData(tagsOptions.queryKey)?.items ?? [],
  };
  const meant = (id: number) =>
    "ids" in selected ? selected.ids.includes(id) : !selected.except.includes(id);
  const changed = (row: Conversation) => (meant(row.id) ? changedRow(row, change, known) : row);
  const listed = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => inList(queryKey) };
  const kept = client.getQueriesData(listed);
  client.setQueriesData<unknown>(listed, (page: unknown) =>
    isPage(page) ? { ...page, items: page.items.map(changed) } : page,
  );
  for (const id of "ids" in selected ? selected.ids : []) {
    const key = [`conversation/${id}`];
    const one = client.getQueryData<Conversation>(key);
    if (!one) continue;
    kept.push([key, one]);
    client.setQueryData(key, changed(one));
  }
  return () => {
    for (const [queryKey, value] of kept) client.setQueryData(queryKey, value);
  };
}

/** What came of a change: how to take it back, and the errand that carries out a big one. */
export interface Changed {
  undo: number | null;
  errand: number | null;
}

async function send({ selected, change }: Change): Promise<Changed> {
  if ("ids" in selected && selected.ids.length === 1 && selected.ids[0] !== undefined) {
    const path = { id: selected.ids[0] };
    const { undo } = await take(
      api.PATCH("/api/v1/conversations/{id}", {
        params: { path },
        body: change,
      }),
    );
    return { undo: undo?.id ?? null, errand: null };
  }
  const selection =
    "ids" in selected
      ? { ids: [...selected.ids], except: [] }
      : { ...selected, except: [...selected.except] };
  const { id, state, undo } = await take(api.POST("/api/v1/bulk", { body: { selection, change: change } }));
  return { undo: undo?.id ?? null, errand: state === "done" ? null : id };
}

/** Changes conversations: on screen at once, taken back when the server refuses. */
export function useChangeConversations() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onMutate: async (change: Change) => {
      await client.cancelQueries({ queryKey: ["conversations"] });
      return { takeBack: showAtOnce(client, change) };
    },
    onError: (_error, _change, context) => context?.takeBack(),
    onSettled: (_done, _error, { selected }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["conversations"] }),
        ...("ids" in selected ? selected.ids : []).map((id) =>
          client.invalidateQueries({ queryKey: [`conversation/${id}`] }),
        ),
      ]),
  });
}
