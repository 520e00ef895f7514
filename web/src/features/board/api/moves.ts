import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import { cardsOptions, columnsOptions } from "@/lib/queries/board";
import type { Colour } from "@/lib/queries/tags";
import type { Conversation, ConversationPage } from "@/lib/shapes";

export interface Move {
  card: Conversation;
  from: number;
  to: number;
  /** The card it comes to stand below; null: on top. */
  after: number | null;
}

type Cards = InfiniteData<ConversationPage, string>;

function without(cards: Cards | undefined, id: number): Cards | undefined {
  return (
    cards && {
      ...cards,
      pages: cards.pages.map((page) => ({ ...page, items: page.items.filter((card) => card.id !== id) })),
    }
  );
}

function withCard(cards: Cards | undefined, card: Conversation, after: number | null): Cards | undefined {
  const [first, ...rest] = cards?.pages ?? [];
  if (!cards || !first) return cards;
  if (after === null) return { ...cards, pages: [{ ...first, items: [card, ...first.items] }, ...rest] };
  return {
    ...cards,
    pages: cards.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((one) => (one.id === after ? [one, card] : [one])),
    })),
  };
}

/** Moves a card: on screen at once, taken back when the server refuses. */
export function useMoveCard() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ card, to, after }: Move) =>
      take(
        api.POST("/api/v1/board/move", {
          body: { conversation_id: card.id, column_id: to, after_id: after },
        }),
      ),
    onMutate: async ({ card, from, to, after }) => {
      await client.cancelQueries({ queryKey: ["conversations", "board"] });
      const keys = [cardsOptions(from).queryKey, cardsOptions(to).queryKey];
      const kept = keys.map((key) => [key, client.getQueryData(key)] as const);
      client.setQueryData<Cards>(cardsOptions(from).queryKey, (cards) => without(cards, card.id));
      client.setQueryData<Cards>(cardsOptions(to).queryKey, (cards) =>
        withCard(without(cards, card.id), card, after),
      );
      return { kept };
    },
    onError: (_error, _move, context) => {
      for (const [key, value] of context?.kept ?? []) client.setQueryData(key, value);
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["conversations", "board"] }),
        client.invalidateQueries({ queryKey: columnsOptions.queryKey }),
      ]),
  });
}

export interface ColumnChange {
  id: number;
  name?: string;
  color?: Colour;
  position?: number;
}

export function useColumns() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: columnsOptions.queryKey });
  const add = useMutation({
    mutationFn: (name: string) => take(api.POST("/api/v1/board/columns", { body: { name } })),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: ColumnChange) =>
      take(api.PATCH("/api/v1/board/columns/{id}", { params: { path: { id } }, body })),
    onSuccess,
  });
  const drop = useMutation({
    mutationFn: (id: number) => take(api.DELETE("/api/v1/board/columns/{id}", { params: { path: { id } } })),
    onSuccess,
  });
  return { add, change, drop };
}
