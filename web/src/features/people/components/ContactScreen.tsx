import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { contactOptions } from "@/lib/queries/people";

import { useAddAddress, useChangeContact, useRemoveAddress } from "../api/people";
import "../people.css";
import { Duplicates } from "./Duplicates";
import { Figures } from "./Figures";
import { PersonalData } from "./PersonalData";
import { PersonHead } from "./PersonHead";
import { PersonTimeline } from "./PersonTimeline";
import { Ways } from "./Ways";

const EditContact = lazy(() => import("./EditContact").then((file) => ({ default: file.EditContact })));

/** A person: how to reach them, and everything they wrote about. */
export function ContactScreen() {
  const { t } = useText();
  const { contactId: id } = useParams({ from: "/contacts/$contactId" });
  const { data: contact, error, refetch } = useQuery(contactOptions(id));
  const [editing, setEditing] = useState(false);
  const [erasing, setErasing] = useState(false);
  const change = useChangeContact(id);
  const add = useAddAddress(id);
  const remove = useRemoveAddress(id);
  if (error && !(erasing && contact)) return <Problem error={error} retry={refetch} />;
  if (!contact) return <Skeleton />;
  return (
    <div className="screen">
      <PersonHead
        name={contact.name || t("people.unnamed")}
        search={{ contact: id }}
        held={contact.held}
        hold={(held) => change.mutate({ held })}
        edit={() => setEditing(true)}
      >
        {contact.title !== "" && <span>{contact.title}</span>}
        {contact.company && (
          <Link to="/companies/$companyId" params={{ companyId: contact.company.id }}>
            {contact.company.name}
          </Link>
        )}
      </PersonHead>
      <div className="stack">
        <Figures figures={contact.figures} />
        <div className="person">
          <PersonTimeline who={{ kind: "contact", id }} />
          <div className="stack">
            <section className="card">
              <h2>{t("people.addresses")}</h2>
              <Ways
                label={t("people.address.new")}
                add={(address) =>
                  add.mutateAsync({ kind: address.includes("@") ? "email" : "phone", address })
                }
                ways={contact.addresses.map(({ kind, address }) => ({
                  key: `${kind} ${address}`,
                  name: t(`people.address.${kind}`),
                  value: address,
                  remove: () => remove.mutateAsync({ kind, address }),
                }))}
              />
            </section>
            <Duplicates who={{ kind: "contact", id }} />
            <PersonalData
              id={id}
              name={contact.name || (contact.addresses[0]?.address ?? "")}
              {...{ erasing, setErasing }}
            />
          </div>
        </div>
      </div>
      {editing && (
        <Suspense>
          <EditContact contact={contact} close={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}
