import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import { allOf, type Filter } from "@/lib/filter";
import type { Conversation } from "@/lib/shapes";

/** Conversations that might belong to one: by a part of their subject, else those of the same people. */
export const pickOptions = (near: Pick<Conversation, "id" | "contact" | "company">, words: string) => {
  const { contact, company } = near;
  const theirs: Filter | undefined = company
    ? { field: "company", is: company.id }
    : contact
      ? { field: "contact", is: contact.id }
      : undefined;
  const filter = words.length >= 3 ? ({ field: "subject", contains: words } as const) : theirs;
  const whole = allOf(filter);
  return queryOptions({
    queryKey: ["conversations", "pick", near.id, whole ?? null],
    queryFn: ({ signal }) => {
      const query = { view: "all", limit: 20, ...(whole && { filter: JSON.stringify(whole) }) };
      return take(api.GET("/api/v1/conversations", { params: { query }, signal }));
    },
  });
};
