import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

import { useChange } from "./settings";

export const rulesOptions = queryOptions({
  queryKey: ["settings", "retention"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/retention", { signal })),
});

/** For how long what came from a source is kept; without one, what came from all that have no rule of their own. */
export interface NewRule {
  source_id: number | null;
  days: number;
}

/** What a rule would remove now. */
export const previewOptions = (rule: NewRule) =>
  queryOptions({
    queryKey: ["settings", "retention", "preview", rule],
    queryFn: ({ signal }) => take(api.POST("/api/v1/retention/preview", { body: rule, signal })),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

/** That persons were erased, the latest first. */
export const receiptsOptions = infiniteQueryOptions({
  queryKey: ["settings", "receipts"],
  queryFn: ({ signal, pageParam }) =>
    take(
      api.GET("/api/v1/receipts", {
        params: { query: { limit: 50, ...(pageParam !== "" && { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
});

export const useAddRule = () =>
  useChange(["settings"], (body: NewRule) => take(api.POST("/api/v1/retention", { body })));

export const useChangeRule = () =>
  useChange(["settings"], ({ id, ...body }: { id: number; days?: number; enabled?: boolean }) =>
    take(api.PATCH("/api/v1/retention/{id}", { params: { path: { id } }, body })),
  );

export const useDropRule = () =>
  useChange(["settings"], (id: number) =>
    take(api.DELETE("/api/v1/retention/{id}", { params: { path: { id } } })),
  );
