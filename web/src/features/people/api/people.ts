import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** A contact or a company, by its number. */
export interface Who {
  kind: "contact" | "company";
  id: number;
}

const kinds = ({ kind }: Who) => (kind === "contact" ? "contacts" : "companies");
const keyOf = (who: Who) => [kinds(who), `${who.kind}/${who.id}`] as const;

/** All that was said with them, newest first, and notes about them. */
export const timelineOptions = (who: Who) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(who), "timeline"],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: 30, ...(pageParam !== "" && { cursor: pageParam }) };
      const asked = { params: { path: { id: who.id }, query }, signal };
      return who.kind === "contact"
        ? take(api.GET("/api/v1/contacts/{id}/timeline", asked))
        : take(api.GET("/api/v1/companies/{id}/timeline", asked));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export interface Duplicate {
  id: number;
  name: string;
  detail: string;
  why: readonly Clue[];
  score: number;
}

export type Clue = "name" | "similar name" | "company" | "address" | "phone" | "domain";

/** Who may be the same, the likeliest first. */
export const duplicatesOptions = (who: Who) =>
  queryOptions({
    queryKey: [...keyOf(who), "duplicates"],
    queryFn: async ({ signal }): Promise<Duplicate[]> => {
      const asked = { params: { path: { id: who.id } }, signal };
      if (who.kind === "contact") {
        const { items } = await take(api.GET("/api/v1/contacts/{id}/duplicates", asked));
        return items.map(({ contact, why, score }) => ({
          id: contact.id,
          name: contact.name || contact.address,
          detail: contact.address,
          why,
          score,
        }));
      }
      const { items } = await take(api.GET("/api/v1/companies/{id}/duplicates", asked));
      return items.map(({ company, why, score }) => ({ ...company, detail: "", why, score }));
    },
  });

/** Companies whose name has the typed words. */
export const companiesOptions = (q: string) =>
  queryOptions({
    queryKey: ["companies", "list", q],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/companies", { params: { query: { q, limit: 12 } }, signal })),
    placeholderData: keepPreviousData,
  });

function usePersonChange<Given, Answer>(mutationFn: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [kind] }) =>
          kind === "contacts" || kind === "companies" || kind === "conversations",
      }),
  });
}

export interface ContactChange {
  name?: string;
  title?: string;
  company_id?: number | null;
  held?: boolean;
}

export const useChangeContact = (id: number) =>
  usePersonChange((body: ContactChange) =>
    take(api.PATCH("/api/v1/contacts/{id}", { params: { path: { id } }, body })),
  );

export interface CompanyChange {
  name?: string;
  cvr?: string | null;
  held?: boolean;
}

export const useChangeCompany = (id: number) =>
  usePersonChange((body: CompanyChange) =>
    take(api.PATCH("/api/v1/companies/{id}", { params: { path: { id } }, body })),
  );

export const useAddAddress = (id: number) =>
  usePersonChange((body: { kind: "email" | "phone"; address: string }) =>
    take(api.POST("/api/v1/contacts/{id}/addresses", { params: { path: { id } }, body })),
  );

export const useRemoveAddress = (id: number) =>
  usePersonChange((query: { kind: "email" | "phone" | "external"; address: string }) =>
    take(api.DELETE("/api/v1/contacts/{id}/addresses", { params: { path: { id }, query } })),
  );

export const useAddDomain = (id: number) =>
  usePersonChange((domain: string) =>
    take(api.POST("/api/v1/companies/{id}/domains", { params: { path: { id } }, body: { domain } })),
  );

export const useRemoveDomain = (id: number) =>
  usePersonChange((domain: string) =>
    take(api.DELETE("/api/v1/companies/{id}/domains", { params: { path: { id }, query: { domain } } })),
  );

/** Makes others one with this; the answer has the way back. */
export const useMergePeople = ({ kind, id }: Who) =>
  usePersonChange(async (others: number[]): Promise<number | null> => {
    const asked = { params: { path: { id } }, body: { others } };
    const { undo } =
      kind === "contact"
        ? await take(api.POST("/api/v1/contacts/{id}/merge", asked))
        : await take(api.POST("/api/v1/companies/{id}/merge", asked));
    return undo?.id ?? null;
  });

/** Says that these are not the same, so that nobody is asked again. */
export const useNotDuplicates = ({ kind, id }: Who) =>
  usePersonChange(async (others: number[]): Promise<void> => {
    const asked = { params: { path: { id } }, body: { others } };
    if (kind === "contact") await take(api.POST("/api/v1/contacts/{id}/not-duplicates", asked));
    else await take(api.POST("/api/v1/companies/{id}/not-duplicates", asked));
  });
