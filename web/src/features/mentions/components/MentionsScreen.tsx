import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AtSign, CheckCheck } from "lucide-react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { NoteText } from "@/components/notes/NoteText";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { mentionsOptions, useReadMentions } from "@/lib/queries/notes";
import type { Mention } from "@/lib/shapes";

/** Notes in which a colleague names the reader; opening one reads it. */
export function MentionsScreen() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(mentionsOptions);
  const read = useReadMentions();
  if (error) return <Problem error={error} retry={refetch} />;
  if (!data) return <Skeleton />;
  return (
    <div className="screen">
      <header className="screen-head">
        <h1 className="grow">{t("mentions.title")}</h1>
        {data.items.some((mention) => !mention.read) && (
          <Button icon={CheckCheck} onClick={() => read.mutate(null)}>
            {t("mentions.readAll")}
          </Button>
        )}
      </header>
      {data.items.length === 0 && (
        <Empty icon={AtSign} title={t("mentions.none")} detail={t("mentions.none.detail")} />
      )}
      <ul className="stack">
        {data.items.map((mention) => (
          <li key={mention.note.id} className="note" data-unread={!mention.read}>
            <header className="message-head">
              <strong>{mention.note.author?.name ?? t("activity.system")}</strong>
              <Where mention={mention} opened={() => read.mutate([mention.note.id])} />
              {!mention.read && <span className="badge warn">{t("inbox.unread")}</span>}
              <Age at={mention.note.created_at} />
            </header>
            <NoteText text={mention.note.text} names={mention.note.mentions.map(({ name }) => name)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Where({ mention, opened }: { mention: Mention; opened: () => void }) {
  const { t } = useText();
  const { conversation, contact, company } = mention;
  if (conversation)
    return (
      <Link to="/conversations/$conversationId" params={{ conversationId: conversation.id }} onClick={opened}>
        {t("mentions.in", { name: conversation.name || t("inbox.noSubject") })}
      </Link>
    );
  if (contact)
    return (
      <Link to="/contacts/$contactId" params={{ contactId: contact.id }} onClick={opened}>
        {t("mentions.in", { name: contact.name })}
      </Link>
    );
  return company ? (
    <Link to="/companies/$companyId" params={{ companyId: company.id }} onClick={opened}>
      {t("mentions.in", { name: company.name })}
    </Link>
  ) : null;
}
