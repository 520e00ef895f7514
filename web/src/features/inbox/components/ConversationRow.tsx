import { Link } from "@tanstack/react-router";
import { AlarmClock, CheckCheck, Paperclip } from "lucide-react";
import { memo, type MouseEvent } from "react";

import { Age } from "@/components/Age";
import { Avatar } from "@/components/Avatar";
import { ChannelIcon } from "@/components/ChannelIcon";
import { Tag } from "@/components/Tag";
import { useText } from "@/i18n/text";
import type { Conversation } from "@/lib/shapes";

interface Given {
  row: Conversation;
  top: number;
  height: number;
  index: number;
  total: number;
  cursor: boolean;
  open: boolean;
  fresh: boolean;
  ticked: boolean;
  choose: (id: number, index: number) => void;
  tick: (row: Conversation, index: number, range: boolean) => void;
}

/** One conversation; placed by a transform, so that a new row above shifts no layout. */
export const ConversationRow = memo(function ConversationRow(given: Given) {
  const { row, top, height, index, total, cursor, open, fresh, ticked, choose, tick } = given;
  const { t } = useText();
  const who = row.contact?.name || row.contact?.address || t("inbox.unknown");
  return (
    <div
      role="listitem"
      aria-posinset={index + 1}
      aria-setsize={total}
      className="row-place"
      data-ticked={ticked}
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
    >
      <input
        type="checkbox"
        className="row-tick"
        aria-label={t("bulk.tick", { who })}
        checked={ticked}
        tabIndex={-1}
        onChange={() => undefined}
        onClick={(event: MouseEvent) => tick(row, index, event.shiftKey)}
      />
      <Link
        to="/inbox/$conversationId"
        params={{ conversationId: row.id }}
        search={true}
        className="row"
        data-index={index}
        data-conversation={row.id}
        data-unread={row.unread}
        data-closed={row.status === "closed"}
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
        <Facts row={row} />
        <Age at={row.last_message_at} />
      </Link>
    </div>
  );
});

function Facts({ row }: { row: Conversation }) {
  const { t, time } = useText();
  return (
    <span className="row-facts muted">
      {row.tags.slice(0, 2).map(({ id, name, color }) => (
        <Tag key={id} name={name} colour={color} />
      ))}
      {row.snoozed_until !== null && (
        <AlarmClock
          className="icon small"
          role="img"
          aria-label={t("conversation.snoozed", { until: time(row.snoozed_until) })}
        />
      )}
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
      {row.assignee && <Avatar name={row.assignee.name} />}
      <ChannelIcon channel={row.channel} />
    </span>
  );
}

/** A row whose page is on its way: as high as the others, so nothing moves when it comes. */
export function EmptyRow({ top, height }: { top: number; height: number }) {
  return (
    <div
      role="listitem"
      className="row-place"
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
    >
      <div className="row empty-row">
        <span className="row-who" />
        <span className="row-what" />
      </div>
    </div>
  );
}
