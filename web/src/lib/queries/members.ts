import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** The people of the workspace; those who may no longer sign in are left out. */
export const membersOptions = queryOptions({
  queryKey: ["members"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/members", { params: { query: { limit: 200 } }, signal })),
});
