import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Age } from "@/components/Age";
import { useText } from "@/i18n/text";
import { recentOptions } from "@/lib/queries/conversations";
import { contactOptions } from "@/lib/queries/people";
import type { Conversation } from "@/lib/shapes";

/** Who the conversation is with, and what else they wrote about. */
export function SidePanel({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const { contact, company } = conversation;
  const { data: person } = useQuery({ ...contactOptions(contact?.id ?? 0), enabled: contact !== null });
  return (
    <aside className="side" aria-label={t("conversation.details")}>
      {contact === null && company === null && <p className="muted">{t("conversation.none")}</p>}
      {contact && (
        <section>
          <h3>{t("conversation.contact")}</h3>
          <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className="side-name">
            {contact.name || contact.address}
          </Link>
          {(person?.addresses ?? []).map(({ kind, address }) => (
            <p key={`${kind}${address}`} className="muted break">
              {address}
            </p>
          ))}
        </section>
      )}
      {company && (
        <section>
          <h3>{t("conversation.company")}</h3>
          <Link to="/companies/$companyId" params={{ companyId: company.id }} className="side-name">
            {company.name}
          </Link>
        </section>
      )}
      {contact && <Others conversation={conversation} contact={contact.id} />}
    </aside>
  );
}

function Others({ conversation, contact }: { conversation: Conversation; contact: number }) {
  const { t } = useText();
  const filter = conversation.company
    ? ({ status: "all", company: conversation.company.id } as const)
    : ({ status: "all", contact } as const);
  const { data } = useQuery(recentOptions(filter, 8));
  const others = data?.items.filter(({ id }) => id !== conversation.id) ?? [];
  return (
    <section>
      <h3>{t("conversation.others")}</h3>
      {data && others.length === 0 && <p className="muted">{t("conversation.others.none")}</p>}
      <ul className="others">
        {others.slice(0, 7).map(({ id, subject, last_message_at: at, status }) => (
          <li key={id}>
            <Link to="/conversations/$conversationId" params={{ conversationId: id }} data-status={status}>
              <span className="cut">{subject || t("inbox.noSubject")}</span>
              <Age at={at} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
