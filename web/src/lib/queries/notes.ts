import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";

/** What a note is written on. */
export interface NotePlace {
  on: "conversations" | "contacts" | "companies";
  id: number;
}

const topicOf = ({ on, id }: NotePlace): string =>
  ({ conversations: `conversation/${id}`, contacts: `contact/${id}`, companies: `company/${id}` })[on];

export const notesOptions = ({ on, id }: NotePlace) =>
  infiniteQueryOptions({
    queryKey: [on === "conversations" ? `conversation/${id}` : on, topicOf({ on, id }), "notes"],
    queryFn: ({ signal, pageParam }) => {
      const params = { path: { id }, query: { limit: 20, ...(pageParam !== "" && { cursor: pageParam }) } };
      return on === "companies"
        ? take(api.GET("/api/v1/companies/{id}/notes", { params, signal }))
        : take(api.GET("/api/v1/contacts/{id}/notes", { params, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

interface Written {
  text: string;
  mentions: number[];
}

function useNoteMutation<Given, Answer>(place: NotePlace, mutationFn: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  const topic = topicOf(place);
  return useMutation({
    mutationFn,
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === topic || queryKey[1] === topic,
      }),
  });
}

export const useAddNote = (place: NotePlace) =>
  useNoteMutation(place, (body: Written) => {
    const params = { path: { id: place.id } };
    if (place.on === "contacts") return take(api.POST("/api/v1/contacts/{id}/notes", { params, body }));
    if (place.on === "companies") return take(api.POST("/api/v1/companies/{id}/notes", { params, body }));
    return take(api.POST("/api/v1/conversations/{id}/notes", { params, body }));
  });

export const useChangeNote = (place: NotePlace) =>
  useNoteMutation(place, ({ id, ...body }: Written & { id: number }) =>
    take(api.PATCH("/api/v1/notes/{id}", { params: { path: { id } }, body })),
  );

export const useDropNote = (place: NotePlace) =>
  useNoteMutation(place, (id: number) =>
    take(api.DELETE("/api/v1/notes/{id}", { params: { path: { id } } })),
  );

/** Notes in which somebody has named the reader. */
export const mentionsOptions = queryOptions({
  queryKey: ["mentions", "list"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/mentions", { params: { query: { limit: 50 } }, signal })),
});

export const mentionCountOptions = queryOptions({
  queryKey: ["mentions", "count"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/mentions/count", { signal })),
});

export function useReadMentions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: number[] | null) =>
      take(api.POST("/api/v1/mentions/read", { body: { note_ids: ids } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["mentions"] }),
  });
}
