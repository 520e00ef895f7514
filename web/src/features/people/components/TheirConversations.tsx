import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Age } from "@/components/Age";
import { ChannelIcon } from "@/components/ChannelIcon";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { recentOptions } from "@/lib/queries/conversations";

/** Their latest conversations, newest first; the inbox has the rest. */
export function TheirConversations({ who }: { who: { contact?: number; company?: number } }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery(recentOptions({ status: "all", ...who }, 50));
  return (
    <section className="card">
      <h2>{t("people.conversations")}</h2>
      {error && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton />}
      {data?.items.length === 0 && <p className="muted">{t("people.conversations.none")}</p>}
      <ul className="plain-list">
        {data?.items.map(({ id, channel, subject, snippet, status, last_message_at: at }) => (
          <li key={id}>
            <Link to="/conversations/$conversationId" params={{ conversationId: id }}>
              <ChannelIcon channel={channel} />
              <span className="two-lines">
                <span className="cut">{subject || t("inbox.noSubject")}</span>
                <span className="muted cut label">{snippet}</span>
              </span>
              <span className="badge" data-status={status}>
                {t(`conversation.status.${status}`)}
              </span>
              <Age at={at} />
            </Link>
          </li>
        ))}
      </ul>
      {data?.next_cursor != null && (
        <Link to="/inbox" search={{ ...who, view: "all" }} className="link">
          {t("people.allInInbox")}
        </Link>
      )}
    </section>
  );
}
