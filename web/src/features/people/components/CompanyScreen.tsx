import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { companyOptions } from "@/lib/queries/people";
import type { Company } from "@/lib/shapes";

import { useAddDomain, useChangeCompany, useRemoveDomain } from "../api/people";
import "../people.css";
import { Duplicates } from "./Duplicates";
import { Figures } from "./Figures";
import { PersonHead } from "./PersonHead";
import { PersonTimeline } from "./PersonTimeline";
import { Ways } from "./Ways";

const EditCompany = lazy(() => import("./EditCompany").then((file) => ({ default: file.EditCompany })));

/** A company: its people, its domains, and all that was said with them in one timeline. */
export function CompanyScreen() {
  const { t } = useText();
  const { companyId: id } = useParams({ from: "/companies/$companyId" });
  const { data: company, error, refetch } = useQuery(companyOptions(id));
  const [editing, setEditing] = useState(false);
  const change = useChangeCompany(id);
  const add = useAddDomain(id);
  const remove = useRemoveDomain(id);
  if (error) return <Problem error={error} retry={refetch} />;
  if (!company) return <Skeleton />;
  return (
    <div className="screen">
      <PersonHead
        name={company.name}
        search={{ company: id }}
        held={company.held}
        hold={(held) => change.mutate({ held })}
        edit={() => setEditing(true)}
      >
        {company.cvr !== null && (
          <span>
            {t("people.cvr")} {company.cvr}
          </span>
        )}
      </PersonHead>
      <div className="stack">
        <Figures figures={company.figures} />
        <div className="person">
          <PersonTimeline who={{ kind: "company", id }} />
          <div className="stack">
            <People contacts={company.contacts} />
            <section className="card">
              <h2>{t("people.domains")}</h2>
              <Ways
                label={t("people.domain.new")}
                add={add.mutateAsync}
                ways={company.domains.map((domain) => ({
                  key: domain,
                  name: t("people.domain"),
                  value: domain,
                  remove: () => remove.mutateAsync(domain),
                }))}
              />
            </section>
            <Duplicates who={{ kind: "company", id }} />
          </div>
        </div>
      </div>
      {editing && (
        <Suspense>
          <EditCompany company={company} close={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}

function People({ contacts }: Pick<Company, "contacts">) {
  const { t } = useText();
  return (
    <section className="card">
      <h2>{t("people.people")}</h2>
      {contacts.length === 0 && <p className="muted">{t("people.people.none")}</p>}
      <ul className="plain-list">
        {contacts.map(({ id, name, address }) => (
          <li key={id}>
            <Link to="/contacts/$contactId" params={{ contactId: id }}>
              <span className="two-lines">
                <span className="cut">{name || address}</span>
                <span className="muted cut label">{address}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
