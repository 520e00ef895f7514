import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { api, csrfHeader } from "@/lib/client";
import { Problem } from "@/lib/problem";
import { sessionOptions } from "@/lib/queries/session";
import { forget, keep, tidy } from "@/lib/store";

/** A lost session is noticed by whichever request meets it first; the shell then shows the sign-in. */
function noticeSignOut(error: unknown): void {
  if (!(error instanceof Problem && error.status === 401)) return;
  queryClient.setQueryData(sessionOptions.queryKey, null);
  void forget();
}

/** Live changes say what is old, so nothing is asked again merely because a window was focused. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignOut }),
  mutationCache: new MutationCache({ onError: noticeSignOut }),
  defaultOptions: {
    queries: {
      persister: keep,
      networkMode: "offlineFirst", // what the store has is shown without a network
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (tries, error) => tries < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
});

api.use(csrfHeader(() => queryClient.getQueryData(sessionOptions.queryKey)?.csrf));
tidy(queryClient);

// What waits for the network would be lost with the page: the browser asks first.
addEventListener("beforeunload", (event) => {
  if (
    queryClient
      .getMutationCache()
      .getAll()
      .some(({ state }) => state.isPaused)
  )
    event.preventDefault();
});
