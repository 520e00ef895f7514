import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

export type Doing = "looking" | "writing";
/** Said again this often while a conversation is open; the server forgets it after 45 s. */
export const PRESENCE_EVERY = 20_000;

/** Who else has the conversation open; asking also says that the reader does. */
export const presenceOptions = (id: number, doing: Doing) =>
  queryOptions({
    queryKey: [`presence/${id}`],
    queryFn: ({ signal }) =>
      take(
        api.PUT("/api/v1/conversations/{id}/presence", {
          params: { path: { id } },
          body: { state: doing },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });

export const leave = (id: number): Promise<unknown> =>
  take(api.DELETE("/api/v1/conversations/{id}/presence", { params: { path: { id } } })).catch(
    () => undefined,
  );
