import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import { useState } from "react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import { ChannelIcon } from "@/components/ChannelIcon";
import { NoteEditor } from "@/components/notes/NoteEditor";
import { NoteView } from "@/components/notes/NoteView";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { NotePlace } from "@/lib/queries/notes";
import type { PersonItem } from "@/lib/shapes";

import { timelineOptions, type Who } from "../api/people";

/** Everything they wrote and everything written about them, newest first, whatever it came by. */
export function PersonTimeline({ who }: { who: Who }) {
  const { t } = useText();
  const timeline = useInfiniteQuery(timelineOptions(who));
  const [writing, setWriting] = useState(false);
  const place: NotePlace = { on: who.kind === "contact" ? "contacts" : "companies", id: who.id };
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card person-timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t("people.timeline")}</h2>
      <NoteEditor place={place} open={writing} setOpen={setWriting} />
      {timeline.error && <Problem error={timeline.error} retry={timeline.refetch} />}
      {timeline.isPending && <Skeleton />}
      {timeline.data && items.length === 0 && <p className="muted pad">{t("people.conversations.none")}</p>}
      <ol className="plain-list">
        {items.map((item) => (
          <Item
            key={item.kind === "message" ? item.message.id : `note-${item.note.id}`}
            item={item}
            place={place}
          />
        ))}
      </ol>
      {timeline.hasNextPage && (
        <Button
          kind="quiet"
          disabled={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t("app.more.show")}
        </Button>
      )}
    </section>
  );
}

function Item({ item, place }: { item: PersonItem; place: NotePlace }) {
  const { t } = useText();
  if (item.kind === "note")
    return (
      <li>
        <NoteView note={item.note} place={place} />
      </li>
    );
  const { id, conversation_id: conversation, subject, snippet, sender, direction, channel } = item.message;
  return (
    <li>
      <Link to="/conversations/$conversationId" params={{ conversationId: conversation }} hash={`m=${id}`}>
        <ChannelIcon channel={channel} />
        <span className="two-lines">
          <span className="cut">
            {direction === "out" && (
              <ArrowUpRight className="icon small muted" role="img" aria-label={t("conversation.us")} />
            )}
            <strong>{sender.name || sender.address}</strong> {subject || t("inbox.noSubject")}
          </span>
          <span className="muted cut label">{snippet}</span>
        </span>
        <Age at={item.at} />
      </Link>
    </li>
  );
}
