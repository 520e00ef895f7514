import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Companies or contacts whose name or address has the typed words. */
export const pickableOptions = (kind: "company" | "contact", q: string) =>
  queryOptions({
    queryKey: [kind === "company" ? "companies" : "contacts", "list", q],
    queryFn: async ({ signal }): Promise<{ id: number; name: string }[]> => {
      const params = { query: { q, limit: 20 } };
      if (kind === "company") return (await take(api.GET("/api/v1/companies", { params, signal }))).items;
      const people = await take(api.GET("/api/v1/contacts", { params, signal }));
      return people.items.map(({ id, name, address }) => ({ id, name: name || address }));
    },
    placeholderData: keepPreviousData,
  });
