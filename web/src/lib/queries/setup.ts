import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** What a new workspace has done so far. */
export const setupOptions = queryOptions({
  queryKey: ["settings", "setup"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/setup", { signal })),
});
