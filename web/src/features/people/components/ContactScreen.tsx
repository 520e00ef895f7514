import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { contactOptions } from "@/lib/queries/people";

import { Figures } from "./Figures";
import { PersonHead } from "./PersonHead";
import { TheirConversations } from "./TheirConversations";

import "../people.css";

/** A person: how to reach them, and everything they wrote about. */
export function ContactScreen() {
  const { t } = useText();
  const { contactId: id } = useParams({ from: "/contacts/$contactId" });
  const { data: contact, error, refetch } = useQuery(contactOptions(id));
  if (error) return <Problem error={error} retry={refetch} />;
  if (!contact) return <Skeleton />;
  return (
    <div className="screen">
      <PersonHead name={contact.name || t("people.unnamed")} search={{ contact: id }}>
        {contact.company && (
          <Link to="/companies/$companyId" params={{ companyId: contact.company.id }}>
            {contact.company.name}
          </Link>
        )}
      </PersonHead>
      <div className="stack">
        <Figures figures={contact.figures} />
        <div className="person">
          <TheirConversations who={{ contact: id }} />
          <section className="card">
            <h2>{t("people.addresses")}</h2>
            <dl className="facts">
              {contact.addresses.map(({ kind, address }) => (
                <div key={`${kind}${address}`}>
                  <dt>{t(`people.address.${kind}`)}</dt>
                  <dd>{address}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      </div>
    </div>
  );
}
