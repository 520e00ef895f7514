import { Link } from "@tanstack/react-router";
import { CheckCheck, Paperclip } from "lucide-react";
import { memo } from "react";

import { Age } from "@/components/Age";
import { ChannelIcon } from "@/components/ChannelIcon";
import { useText } from "@/i18n/text";
import type { Conversation } from "@/lib/shapes";

interface Given {
  row: Conversation;
  top: number;
  index: number;
  total: number;
  cursor: boolean;
  open: boolean;
  fresh: boolean;
  choose: (id: number, index: number) => void;
}

/** One conversation; placed by a transform, so that a new row above shifts no layout. */
export const ConversationRow = memo(function ConversationRow(given: Given) {
  const { row, top, index, total, cursor, open, fresh, choose } = given;
  const { t } = useText();
  const who = row.contact?.name || row.contact?.address || t("inbox.unknown");
  return (
    <div
      role="listitem"
      aria-posinset={index + 1}
      aria-setsize={total}
      className="row-place"
      style={{ transform: `translateY(${top}px)` }}
    >
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: row.id }}
        search={true}
        className="row"
        data-index={index}
        data-conversation={row.id}
        data-unread={row.unread}
        data-status={row.status}
        data-cursor={cursor}
        data-fresh={fresh}
        aria-current={open ? "page" : undefined}
        tabIndex={cursor ? 0 : -1}
        onFocus={() => choose(row.id, index)}
      >
        <span className="row-who">
          <span className="row-name">
            {row.unread && <span className="dot" role="img" aria-label={t("inbox.unread")} />}
            <strong className="cut">{who}</strong>
          </span>
          <span className="row-company cut muted">{row.company?.name ?? row.contact?.address ?? ""}</span>
        </span>
        <span className="row-what">
          <span className="row-subject cut">{row.subject || t("inbox.noSubject")}</span>
          <span className="row-snippet cut muted">{row.snippet}</span>
        </span>
        <span className="row-facts muted">
          {row.status === "closed" && (
            <CheckCheck className="icon small" role="img" aria-label={t("inbox.closed")} />
          )}
          {row.has_attachments && (
            <Paperclip className="icon small" role="img" aria-label={t("inbox.attachments")} />
          )}
          {row.message_count > 1 && (
            <span className="row-number" title={t("conversation.messages", { count: row.message_count })}>
              {row.message_count}
            </span>
          )}
          <ChannelIcon channel={row.channel} />
        </span>
        <span className="row-when">
          <Age at={row.last_message_at} />
          <span className="row-source cut muted">
            {row.assignee ? initials(row.assignee.name) : row.source.name}
          </span>
        </span>
      </Link>
    </div>
  );
});

/** A row whose page is on its way: as high as the others, so nothing moves when it comes. */
export function EmptyRow({ top }: { top: number }) {
  return (
    <div role="listitem" className="row-place" style={{ transform: `translateY(${top}px)` }}>
      <div className="row empty-row" />
    </div>
  );
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .join("")
    .slice(0, 3);
}
