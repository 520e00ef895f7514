import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** A contact or a company in its list; beside: the contact's company, or how many people a company has. */
export interface PersonLine {
  id: number;
  name: string;
  detail: string;
  beside: string | number;
  last: string | null;
}

const PAGE = 50;
const asked = (q: string, cursor: string) => ({ q, limit: PAGE, ...(cursor !== "" && { cursor }) });

/** Contacts by name whose name or address has the typed text. */
export const contactLinesOptions = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["contacts", "lines", q],
    queryFn: ({ signal, pageParam }) =>
      take(api.GET("/api/v1/contacts", { params: { query: asked(q, pageParam) }, signal })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    select: ({ pages }): PersonLine[] =>
      pages.flatMap(({ items }) =>
        items.map(({ id, name, address, company, last_message_at }) => ({
          id,
          name: name || address,
          detail: name === "" ? "" : address,
          beside: company?.name ?? "",
          last: last_message_at,
        })),
      ),
  });

/** Companies by name whose name, domain or number has the typed text. */
export const companyLinesOptions = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["companies", "lines", q],
    queryFn: ({ signal, pageParam }) =>
      take(api.GET("/api/v1/companies", { params: { query: asked(q, pageParam) }, signal })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    select: ({ pages }): PersonLine[] =>
      pages.flatMap(({ items }) =>
        items.map(({ id, name, domain, people, last_message_at }) => ({
          id,
          name: name || domain,
          detail: name === domain ? "" : domain,
          beside: people,
          last: last_message_at,
        })),
      ),
  });
