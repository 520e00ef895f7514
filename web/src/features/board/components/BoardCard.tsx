import { GripVertical, MoveRight } from "lucide-react";
import { Button as AriaButton, GridListItem } from "react-aria-components";

import { Age } from "@/components/Age";
import { Avatar } from "@/components/Avatar";
import { MenuButton } from "@/components/MenuButton";
import { Tag } from "@/components/Tag";
import { useText } from "@/i18n/text";
import type { Column, Conversation } from "@/lib/shapes";

interface Given {
  card: Conversation;
  column: number;
  columns: readonly Column[];
  moveTo: (column: number) => void;
}

/** A conversation as a card; the handle is for the keyboard, and the menu for those who drag nothing. */
export function BoardCard({ card, column, columns, moveTo }: Given) {
  const { t } = useText();
  const subject = card.subject || t("inbox.noSubject");
  const others = columns
    .filter(({ id }) => id !== column)
    .map(({ id, name, color }) => ({ id: String(id), label: name, colour: color, run: () => moveTo(id) }));
  return (
    <GridListItem className="board-card" id={card.id} textValue={subject} data-unread={card.unread}>
      <strong>{subject}</strong>
      <span className="card-actions">
        <MenuButton icon={MoveRight} label={t("board.moveTo")} choices={others} />
        <AriaButton slot="drag" className="icon-button handle" aria-label={t("board.drag", { subject })}>
          <GripVertical aria-hidden className="icon small" />
        </AriaButton>
      </span>
      <span className="muted cut">
        {[card.contact?.name || card.contact?.address, card.company?.name].filter(Boolean).join(" · ")}
      </span>
      <Age at={card.last_message_at} />
      {(card.assignee !== null || card.tags.length > 0) && (
        <span className="row-facts">
          {card.assignee && <Avatar name={card.assignee.name} />}
          {card.tags.slice(0, 2).map(({ id, name, color }) => (
            <Tag key={id} name={name} colour={color} />
          ))}
        </span>
      )}
    </GridListItem>
  );
}
