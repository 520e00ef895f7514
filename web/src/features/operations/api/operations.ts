import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { api, take } from "@/lib/client";
import type { Language } from "@/lib/preferences";
import type { NewReplay } from "@/lib/shapes";

import { choiceOf, type OperationsView } from "../view";

/** Rates change while nothing is told of, so the page also asks by itself while it is looked at. */
export const operationsOptions = (language: Language) =>
  queryOptions({
    queryKey: ["operations", "now", language],
    queryFn: ({ signal }) => take(api.GET("/api/v1/operations", { params: { query: { language } }, signal })),
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  });

/** Models and indexes of vectors: asked for often while one is being made. */
export const vectorsOptions = queryOptions({
  queryKey: ["operations", "vectors"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/operations/vectors", { signal })),
  refetchInterval: ({ state: { data } }) =>
    data?.change || data?.indexes.some(({ state }) => state.endsWith("building")) ? 2_000 : 30_000,
});

export const buriedOptions = (view: OperationsView) =>
  infiniteQueryOptions({
    queryKey: ["operations", "buried", view],
    queryFn: ({ signal, pageParam }) => {
      const { source_id: source, ...choice } = choiceOf(view);
      const query = {
        ...choice,
        ...(source !== undefined && { source }),
        ...(pageParam !== "" && { cursor: pageParam }),
      };
      return take(api.GET("/api/v1/buried", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export const buriedItemOptions = (id: number) =>
  queryOptions({
    queryKey: ["operations", "buried", id],
    queryFn: ({ signal }) => take(api.GET("/api/v1/buried/{id}", { params: { path: { id } }, signal })),
  });

type Step = { what: "replay" } | { what: "drop" } | { what: "edit"; payload: string };

function send(id: number, step: Step): Promise<unknown> {
  const params = { path: { id } };
  if (step.what === "drop") return take(api.DELETE("/api/v1/buried/{id}", { params }));
  if (step.what === "replay") return take(api.POST("/api/v1/buried/{id}/replay", { params }));
  return take(api.PUT("/api/v1/buried/{id}", { params, body: { payload: step.payload } }));
}

const refresh = (client: QueryClient) => client.invalidateQueries({ queryKey: ["operations"] });

/** Replays a buried item, with an edit or without, or drops it. */
export function useDecide(id: number) {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: (step: Step) => send(id, step),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}

export type Decision = "replay" | "drop";

const decide = (what: Decision, view: OperationsView, dryRun: boolean) => {
  const body = { ...choiceOf(view), dry_run: dryRun };
  return what === "replay"
    ? take(api.POST("/api/v1/buried/replay", { body }))
    : take(api.POST("/api/v1/buried/drop", { body }));
};

/** How many items a decision about all that match would mean. */
export const countOptions = (view: OperationsView) =>
  queryOptions({
    queryKey: ["operations", "buried", "count", view],
    queryFn: () => decide("replay", view, true),
  });

/** Decides about every buried item that matches; the server does it in one go. */
export function useDecideAll(view: OperationsView) {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: (what: Decision) => decide(what, view, false),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}

/** Replays of history: asked for often while one is under way. */
export const replaysOptions = queryOptions({
  queryKey: ["operations", "replays"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/replays", { signal })),
  refetchInterval: ({ state }) => (state.data?.some(({ finished }) => !finished) ? 1_000 : 15_000),
});

export function useAskReplay() {
  const client = useQueryClient();
  const { complain } = useNotices();
  return useMutation({
    mutationFn: (body: NewReplay) => take(api.POST("/api/v1/replays", { body })),
    onError: (error) => complain(error.message),
    onSettled: () => refresh(client),
  });
}
