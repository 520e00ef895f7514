import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Filter } from "@/lib/filter";
import type { Channel, ConversationPage } from "@/lib/shapes";

/** Which conversations a list shows: a view (built in, or a saved one's number), narrowed by a filter. */
export interface Listed {
  view: string;
  filter?: Filter | undefined;
}

/** Some simple questions that need no view; absent means any. */
export interface ConversationFilter {
  status: "open" | "closed" | "all";
  source?: number | undefined;
  contact?: number | undefined;
  company?: number | undefined;
  channel?: Channel | undefined;
}

export const PAGE_SIZE = 100;
/** A page between two anchors may have more rows than its size, when some came meanwhile. */
const PAGE_LIMIT = 200;

const asked = ({ view, filter }: Listed) => ({ view, ...(filter && { filter: JSON.stringify(filter) }) });

/**
 * Where each page begins; the list asks for pages by these, so it can jump anywhere. A list that is opened for the
 * first time asks for its first page in the same breath, and keeps it if nothing has come between the two answers.
 */
export const anchorsOptions = (list: Listed) =>
  queryOptions({
    queryKey: ["conversations", "anchors", list],
    queryFn: async ({ client, queryKey, signal }) => {
      const query = { ...asked(list), page_size: PAGE_SIZE };
      const begins = client.getQueryData(queryKey) === undefined;
      const [answer, first] = await Promise.all([
        take(api.GET("/api/v1/conversations/anchors", { params: { query }, signal })),
        begins ? firstPage(list, signal) : null,
      ]);
      const generation = Date.now();
      const [cursor = "", until = ""] = answer.anchors;
      if (first && (first.next_cursor ?? "") === until)
        void client.prefetchQuery({
          ...pageOptions(list, cursor, until, generation),
          queryFn: () => first,
        });
      return { ...answer, generation };
    },
  });

const firstPage = (list: Listed, signal: AbortSignal): Promise<ConversationPage | null> =>
  take(
    api.GET("/api/v1/conversations", { params: { query: { ...asked(list), limit: PAGE_SIZE } }, signal }),
  ).catch(() => null);

/** One page between two anchors; pages of one reading of the anchors stay together by its `generation`. */
export const pageOptions = (list: Listed, cursor: string, until: string, generation: number) =>
  queryOptions({
    queryKey: ["conversation-page", list, cursor, generation],
    queryFn: ({ signal }) => {
      const ends = { ...(cursor !== "" && { cursor }), ...(until !== "" && { until }) };
      const query = { ...asked(list), ...ends, limit: until === "" ? PAGE_SIZE : PAGE_LIMIT };
      return take(api.GET("/api/v1/conversations", { params: { query }, signal }));
    },
    staleTime: Infinity,
    gcTime: 60_000,
  });

/** How many conversations every view has. */
export const countsOptions = queryOptions({
  queryKey: ["conversations", "counts"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/views/counts", { signal })),
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
