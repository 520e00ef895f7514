import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft, ArrowRight, EllipsisVertical, Pencil, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { DropIndicator, GridList, isTextDropItem, useDragAndDrop } from "react-aria-components";

import { Button } from "@/components/Button";
import type { Choice } from "@/components/Menu";
import { MenuButton } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useTakeBack } from "@/components/useActions";
import { useRefused } from "@/components/useRefused";
import { useText } from "@/i18n/text";
import { cardsOptions } from "@/lib/queries/board";
import type { Column, Conversation } from "@/lib/shapes";

import { useColumns, useMoveCard } from "../api/moves";
import { BoardCard } from "./BoardCard";
import { ColumnName } from "./ColumnName";

const CARD = "posthus-card";

interface Given {
  column: Column;
  place: number;
  columns: readonly Column[];
}

/** One column: its cards a page at a time, dragged by hand or by keyboard. */
export function BoardColumn({ column, place, columns }: Given) {
  const { t } = useText();
  const navigate = useNavigate();
  const cards = useInfiniteQuery(cardsOptions(column.id));
  const items = useMemo(() => cards.data?.pages.flatMap((page) => page.items) ?? [], [cards.data]);
  const move = useMove(columns);
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) =>
      items
        .filter(({ id }) => keys.has(id))
        .map((card) => ({ [CARD]: wrap(card, column.id), "text/plain": card.subject })),
    acceptedDragTypes: [CARD],
    getDropOperation: () => "move",
    renderDropIndicator: (target) => <DropIndicator target={target} />,
    onReorder: ({ keys, target }) => {
      const card = items.find(({ id }) => keys.has(id));
      if (card)
        move(card, column.id, column.id, below(items, Number(target.key), target.dropPosition, card.id));
    },
    onInsert: ({ items: dropped, target }) =>
      void unwrap(dropped).then((found) => {
        if (found)
          move(
            found.card,
            found.from,
            column.id,
            below(items, Number(target.key), target.dropPosition, found.card.id),
          );
      }),
    onRootDrop: ({ items: dropped }) =>
      void unwrap(dropped).then((found) => {
        if (found) move(found.card, found.from, column.id, null);
      }),
  });
  return (
    <section className="board-column" aria-labelledby={`column-${column.id}`}>
      <ColumnHead column={column} place={place} columns={columns} />
      {cards.error && <Problem error={cards.error} retry={cards.refetch} />}
      {/* All columns are there from the start: the keyboard drops in their order. */}
      <GridList
        className="cards"
        aria-label={column.name}
        items={items}
        dependencies={[columns]}
        dragAndDropHooks={dragAndDropHooks}
        renderEmptyState={() =>
          cards.data ? <p className="muted label pad">{t("board.empty")}</p> : <Skeleton lines={3} />
        }
        onAction={(key) =>
          void navigate({ to: "/conversations/$conversationId", params: { conversationId: Number(key) } })
        }
      >
        {(card) => (
          <BoardCard
            card={card}
            columns={columns}
            column={column.id}
            moveTo={(to) => move(card, column.id, to, null)}
          />
        )}
      </GridList>
      {cards.hasNextPage && (
        <Button kind="quiet" disabled={cards.isFetchingNextPage} onClick={() => void cards.fetchNextPage()}>
          {t("board.more")}
        </Button>
      )}
    </section>
  );
}

/** The card that a dropped one comes to stand below. */
function below(
  items: readonly Conversation[],
  key: number,
  position: "before" | "after" | "on",
  moved: number,
): number | null {
  const others = items.filter(({ id }) => id !== moved);
  const at = others.findIndex(({ id }) => id === key);
  if (position === "after") return key;
  return others[at - 1]?.id ?? null;
}

const wrap = (card: Conversation, from: number): string => JSON.stringify({ card, from });

type Dropped = Parameters<NonNullable<Parameters<typeof useDragAndDrop>[0]["onInsert"]>>[0]["items"];

async function unwrap(dropped: Dropped): Promise<{ card: Conversation; from: number } | null> {
  const item = dropped.filter(isTextDropItem).find(({ types }) => types.has(CARD));
  return item ? (JSON.parse(await item.getText(CARD)) as { card: Conversation; from: number }) : null;
}

function useMove(columns: readonly Column[]) {
  const { t } = useText();
  const { say } = useNotices();
  const refused = useRefused();
  const takeBack = useTakeBack();
  const { mutateAsync } = useMoveCard();
  return (card: Conversation, from: number, to: number, after: number | null) => {
    const done = mutateAsync({ card, from, to, after });
    const name = columns.find(({ id }) => id === to)?.name ?? "";
    say(t("board.moved", { subject: card.subject || t("inbox.noSubject"), name }), () =>
      done.then(
        ({ undo }) => (undo ? takeBack(undo.id) : undefined),
        () => undefined,
      ),
    );
    done.catch(refused);
  };
}

function ColumnHead({ column, place, columns }: Given) {
  const { t, number } = useText();
  const { say } = useNotices();
  const refused = useRefused();
  const takeBack = useTakeBack();
  const { change, drop } = useColumns();
  const [naming, setNaming] = useState(false);
  const { id, name, color, count, at_least: more } = column;
  const shift = (by: number) => change.mutate({ id, position: place + by });
  const choices: Choice[] = [
    { id: "name", label: t("board.column.rename"), icon: Pencil, run: () => setNaming(true) },
    ...(place > 0
      ? [{ id: "left", label: t("board.column.left"), icon: ArrowLeft, run: () => shift(-1) }]
      : []),
    ...(place < columns.length - 1
      ? [{ id: "right", label: t("board.column.right"), icon: ArrowRight, run: () => shift(1) }]
      : []),
    {
      id: "drop",
      label: t("board.column.drop"),
      icon: Trash2,
      danger: true,
      run: () =>
        // The column is gone from the screen when the answer has come.
        void drop
          .mutateAsync(id)
          .then(({ undo }) => say(t("board.column.dropped", { name }), () => takeBack(undo.id)), refused),
    },
  ];
  return (
    <header>
      <span className="tag-dot" data-colour={color} />
      {naming ? (
        <ColumnName
          name={name}
          save={(next) => {
            change.mutate({ id, name: next });
            setNaming(false);
          }}
          cancel={() => setNaming(false)}
        />
      ) : (
        <h2 id={`column-${id}`} className="cut">
          {name}
        </h2>
      )}
      <span className="muted" aria-label={t("board.count", { count })}>
        {number(count)}
        {more && "+"}
      </span>
      <span className="grow" />
      <MenuButton icon={EllipsisVertical} label={t("board.column.menu", { name })} choices={choices} />
    </header>
  );
}
