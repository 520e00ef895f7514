import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import { Problem } from "@/lib/problem";

/** Who is signed in, or null. */
export const sessionOptions = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    try {
      return await take(api.GET("/api/v1/session", { signal }));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});
