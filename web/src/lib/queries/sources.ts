import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

export const sourcesOptions = queryOptions({
  queryKey: ["sources"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/sources", { signal })),
});
