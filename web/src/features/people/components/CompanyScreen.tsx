import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { companyOptions } from "@/lib/queries/people";

import { Figures } from "./Figures";
import { PersonHead } from "./PersonHead";
import { TheirConversations } from "./TheirConversations";

import "../people.css";

/** A company: its people, its addresses, and all their conversations in one timeline. */
export function CompanyScreen() {
  const { t } = useText();
  const { companyId: id } = useParams({ from: "/companies/$companyId" });
  const { data: company, error, refetch } = useQuery(companyOptions(id));
  if (error) return <Problem error={error} retry={refetch} />;
  if (!company) return <Skeleton />;
  return (
    <div className="screen">
      <PersonHead name={company.name} search={{ company: id }} />
      <div className="stack">
        <Figures figures={company.figures} />
        <div className="person">
          <TheirConversations who={{ company: id }} />
          <div className="stack">
            <section className="card">
              <h2>{t("people.people")}</h2>
              {company.contacts.length === 0 && <p className="muted">{t("people.people.none")}</p>}
              <ul className="plain-list">
                {company.contacts.map(({ id: contactId, name, address }) => (
                  <li key={contactId}>
                    <Link to="/contacts/$contactId" params={{ contactId }}>
                      <span className="two-lines">
                        <span className="cut">{name || address}</span>
                        <span className="muted cut label">{address}</span>
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
            <section className="card">
              <h2>{t("people.addresses")}</h2>
              <dl className="facts">
                {company.cvr !== null && (
                  <div>
                    <dt>{t("people.cvr")}</dt>
                    <dd>{company.cvr}</dd>
                  </div>
                )}
                {company.domains.length > 0 && (
                  <div>
                    <dt>{t("people.domains")}</dt>
                    <dd>{company.domains.join(", ")}</dd>
                  </div>
                )}
              </dl>
            </section>
          </div>
        </div>
      </div>
    </div>
  );
}
