import { Link } from "@tanstack/react-router";
import { Building2, UserRound } from "lucide-react";

import { Age } from "@/components/Age";
import { ChannelIcon } from "@/components/ChannelIcon";
import { useText } from "@/i18n/text";
import { highlighted } from "@/lib/characters";
import type { Hit, SearchAnswer } from "@/lib/shapes";

/** What was found: people and companies first in one line, then messages, best first. */
export function SearchResults({ answer, old }: { answer: SearchAnswer; old: boolean }) {
  const { t, number } = useText();
  const { items, contacts, companies, milliseconds, not_yet_indexed: waiting } = answer;
  return (
    <div aria-busy={old}>
      <p className="result-line" role="status">
        <span>{t("search.results", { count: items.length, milliseconds: number(milliseconds) })}</span>
        {waiting > 0 && <span className="badge warn">{t("search.notIndexed", { count: waiting })}</span>}
      </p>
      {contacts.length + companies.length > 0 && (
        <ul className="entities" aria-label={t("search.people")}>
          {companies.map(({ id, name }) => (
            <li key={`company-${id}`}>
              <Link to="/companies/$companyId" params={{ companyId: id }} className="entity">
                <Building2 aria-hidden className="icon small muted" />
                {name}
              </Link>
            </li>
          ))}
          {contacts.map(({ id, name, address }) => (
            <li key={`contact-${id}`}>
              <Link to="/contacts/$contactId" params={{ contactId: id }} className="entity">
                <UserRound aria-hidden className="icon small muted" />
                <span className="cut">{name || address}</span>
                {name !== "" && <span className="muted cut">{address}</span>}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <ol className="hits" aria-label={t("search.messages")}>
        {items.map((hit) => (
          <li key={hit.message_id}>
            <Found hit={hit} />
          </li>
        ))}
      </ol>
    </div>
  );
}

const WHY = { words: "badge", meaning: "badge", both: "badge good" } as const;

function Found({ hit }: { hit: Hit }) {
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
