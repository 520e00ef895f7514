import { Link } from "@tanstack/react-router";

import { Age } from "@/components/Age";
import { ChannelIcon } from "@/components/ChannelIcon";
import { useText } from "@/i18n/text";
import { highlighted } from "@/lib/characters";
import type { Hit } from "@/lib/shapes";

const WHY = { words: "badge", meaning: "badge", both: "badge good" } as const;

/** One hit; it opens at the very message. */
export function Found({ hit }: { hit: Hit }) {
  const { t } = useText();
  const who = hit.contact?.name || hit.sender.name || hit.sender.address;
  return (
    <Link
      to="/conversations/$conversationId"
      params={{ conversationId: hit.conversation_id }}
      hash={`m=${hit.message_id}`}
      className="hit"
      data-hit={hit.message_id}
    >
      <span className="hit-head">
        <ChannelIcon channel={hit.channel} />
        <strong className="cut">{hit.subject || t("inbox.noSubject")}</strong>
        <span className={WHY[hit.why]} title={t(`search.why.${hit.why}.long`)} data-why={hit.why}>
          {t(`search.why.${hit.why}`)}
        </span>
        <Age at={hit.sent_at} />
      </span>
      <span className="hit-text">
        {highlighted(hit.snippet, hit.highlights).map(({ text, marked }, place) =>
          marked ? <mark key={place}>{text}</mark> : text,
        )}
      </span>
      <span className="hit-who cut">
        {[who, hit.company?.name, hit.source.name].filter(Boolean).join(" · ")}
      </span>
    </Link>
  );
}
