import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Channel } from "@/lib/shapes";

/** Which conversations a list shows; absent means any. */
export interface ConversationFilter {
  status: "open" | "closed" | "all";
  unread?: boolean | undefined;
  assignee?: "me" | undefined;
  source?: number | undefined;
  contact?: number | undefined;
  company?: number | undefined;
  channel?: Channel | undefined;
}

export const PAGE_SIZE = 100;

/** Where each page begins; the list asks for pages by these, so it can jump anywhere. */
export const anchorsOptions = (filter: ConversationFilter) =>
  queryOptions({
    queryKey: ["conversations", "anchors", filter],
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/conversations/anchors", {
          params: { query: { ...filter, page_size: PAGE_SIZE } },
          signal,
        }),
      ),
  });

/** One page; `generation` is the moment its anchors were read, so that pages of one reading stay together. */
export const pageOptions = (filter: ConversationFilter, cursor: string, generation: number) =>
  queryOptions({
    queryKey: ["conversation-page", filter, cursor, generation],
    queryFn: ({ signal }) =>
      take(
        api.GET("/api/v1/conversations", {
          params: { query: { ...filter, limit: PAGE_SIZE, ...(cursor === "" ? {} : { cursor }) } },
          signal,
        }),
      ),
    staleTime: Infinity,
    gcTime: 60_000,
  });

/** The newest few, for side panels and people's pages. */
export const recentOptions = (filter: ConversationFilter, limit: number) =>
  queryOptions({
    queryKey: ["conversations", "recent", filter, limit],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/conversations", { params: { query: { ...filter, limit } }, signal })),
    placeholderData: keepPreviousData,
  });

export const conversationOptions = (id: number) =>
  queryOptions({
    queryKey: [`conversation/${id}`],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/conversations/{id}", { params: { path: { id } }, signal })),
  });
