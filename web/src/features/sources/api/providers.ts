import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** Every provider whose webhooks are understood; it changes with the version only. */
export const providersOptions = queryOptions({
  queryKey: ["providers"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/sources/providers", { signal })),
  staleTime: Infinity,
});
