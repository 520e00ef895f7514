import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Conversations about the same thing. */
export const similarOptions = (id: number) =>
  queryOptions({
    queryKey: [`conversation/${id}`, "similar"],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/conversations/{id}/similar", { params: { path: { id } }, signal })),
    staleTime: 300_000,
  });
