import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

export type Step = "hour" | "day";

/** What came to a source and what was refused, by hours of a day or by days of a month. */
export const activityOptions = (id: number, step: Step) =>
  queryOptions({
    queryKey: ["sources", id, "activity", step],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/sources/{id}/activity", { params: { path: { id }, query: { step } }, signal })),
  });

/** Every mapping a source has had, the one in use first. */
export const mappingsOptions = (id: number) =>
  queryOptions({
    queryKey: ["sources", id, "mappings"],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/sources/{id}/mappings", { params: { path: { id } }, signal })),
  });

/** What a mapping would make of the newest event. */
export const previewOptions = (id: number, mapping: Record<string, string>) =>
  queryOptions({
    queryKey: ["sources", id, "preview", mapping],
    queryFn: ({ signal }) =>
      take(
        api.POST("/api/v1/sources/{id}/mappings/preview", {
          params: { path: { id } },
          body: { mapping },
          signal,
        }),
      ),
    placeholderData: (before) => before,
    retry: false,
  });

/** What of a source waits for a decision. */
export const keptAsideOptions = (source: number) =>
  infiniteQueryOptions({
    queryKey: ["sources", source, "quarantine"],
    initialPageParam: "",
    queryFn: ({ signal, pageParam: cursor }) =>
      take(api.GET("/api/v1/quarantine", { params: { query: { source, cursor, limit: 50 } }, signal })),
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });

/** One delivery as it came. */
export const deliveryOptions = (eventId: string) =>
  queryOptions({
    queryKey: ["delivery", eventId],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/quarantine/{event_id}", { params: { path: { event_id: eventId } }, signal })),
    staleTime: Infinity,
  });
