import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Tag } from "@/lib/shapes";

export const COLOURS = [
  "gray",
  "red",
  "orange",
  "amber",
  "green",
  "teal",
  "blue",
  "indigo",
  "purple",
  "pink",
] as const;
export type Colour = (typeof COLOURS)[number];

export const tagsOptions = queryOptions({
  queryKey: ["tags"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/tags", { signal })),
});

/** A colour for a new tag: the one least used so far. */
export function nextColour(tags: readonly Tag[]): Colour {
  const used = (colour: Colour) => tags.filter((tag) => tag.color === colour).length;
  return COLOURS.reduce((best, colour) => (used(colour) < used(best) ? colour : best), "blue");
}

export function useAddTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; color: Colour }) => take(api.POST("/api/v1/tags", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tags"] }),
  });
}

export function useChangeTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: number; name?: string; color?: Colour }) =>
      take(api.PATCH("/api/v1/tags/{id}", { params: { path: { id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tags"] }),
  });
}

export function useDropTag() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => take(api.DELETE("/api/v1/tags/{id}", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tags"] }),
  });
}
