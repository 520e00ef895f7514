import type { QueryClient } from "@tanstack/react-query";

import type { ConversationPage } from "@/lib/shapes";

/** The conversation below (or at the end above) this one in the list on screen. */
export function nextInList(client: QueryClient, id: number): number | undefined {
  const pages = client.getQueryCache().findAll({ queryKey: ["conversation-page"], type: "active" });
  for (const { state } of pages) {
    const items = (state.data as ConversationPage | undefined)?.items ?? [];
    const at = items.findIndex((row) => row.id === id);
    if (at >= 0) return items[at + 1]?.id ?? items[at - 1]?.id;
  }
  return undefined;
}
