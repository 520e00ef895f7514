import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Age } from "@/components/Age";
import { useText } from "@/i18n/text";
import { recentOptions } from "@/lib/queries/conversations";
import { contactOptions } from "@/lib/queries/people";
import { similarOptions } from "@/lib/queries/similar";
import type { Conversation } from "@/lib/shapes";

/** Who the conversation is with, what else they wrote about, and what is like it. */
export function SidePanel({ conversation, open }: { conversation: Conversation; open: boolean }) {
  const { t } = useText();
  const { contact, company } = conversation;
  const { data: person } = useQuery({ ...contactOptions(contact?.id ?? 0), enabled: contact !== null });
  return (
    <aside className="side" id="about" data-open={open} aria-label={t("conversation.details")}>
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
      {(contact ?? company) && <Others conversation={conversation} />}
      <Similar id={conversation.id} />
    </aside>
  );
}

function Others({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const { company, contact } = conversation;
  const filter = company
    ? ({ status: "all", company: company.id } as const)
    : ({ status: "all", contact: contact?.id } as const);
  const { data } = useQuery(recentOptions(filter, 8));
  const others = data?.items.filter(({ id }) => id !== conversation.id).slice(0, 7) ?? [];
  return (
    <section>
      <h3>{t("conversation.others")}</h3>
      {data && others.length === 0 && <p className="muted">{t("conversation.others.none")}</p>}
      <Brief rows={others} />
    </section>
  );
}

/** Conversations about the same thing, found by meaning; nothing is said when there are none. */
function Similar({ id }: { id: number }) {
  const { t } = useText();
  const { data } = useQuery(similarOptions(id));
  const rows = data?.items.slice(0, 5).map((found) => ({ ...found, id: found.conversation_id })) ?? [];
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{t("conversation.similar")}</h3>
      <Brief rows={rows} />
    </section>
  );
}

type BriefRow = Pick<Conversation, "id" | "subject" | "status" | "last_message_at">;

function Brief({ rows }: { rows: readonly BriefRow[] }) {
  const { t } = useText();
  return (
    <ul className="others">
      {rows.map(({ id, subject, last_message_at: at, status }) => (
        <li key={id}>
          <Link
            to="/conversations/$conversationId"
            params={{ conversationId: id }}
            data-closed={status === "closed"}
          >
            <span className="cut">{subject || t("inbox.noSubject")}</span>
            <Age at={at} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
