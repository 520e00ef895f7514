import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { X } from "lucide-react";

import { useText } from "@/i18n/text";
import { companyOptions, contactOptions } from "@/lib/queries/people";
import { sourcesOptions } from "@/lib/queries/sources";

/** What narrows the list beyond its view; each can be taken off. */
export function Narrowed() {
  const { t } = useText();
  const address = useSearch({ from: "/inbox" });
  const { source, company, contact, filter } = address;
  const { data: sources } = useQuery({ ...sourcesOptions, enabled: source !== undefined });
  const { data: theCompany } = useQuery({ ...companyOptions(company ?? 0), enabled: company !== undefined });
  const { data: theContact } = useQuery({ ...contactOptions(contact ?? 0), enabled: contact !== undefined });
  const sourceName = sources?.items.find(({ id }) => id === source)?.name;
  const chips = [
    ...(company ? [{ key: "company", label: t("inbox.company", { name: theCompany?.name ?? "…" }) }] : []),
    ...(contact ? [{ key: "contact", label: t("inbox.contact", { name: theContact?.name ?? "…" }) }] : []),
    ...(source ? [{ key: "source", label: sourceName ?? t("inbox.source") }] : []),
    ...(filter ? [{ key: "filter", label: t("view.narrowed") }] : []),
  ];
  if (chips.length === 0) return null;
  return (
    <div className="narrowed">
      {chips.map(({ key, label }) => (
        <Link key={key} to="/inbox" search={{ ...address, [key]: undefined }} className="chip">
          {label}
          <X className="icon small" aria-label={t("app.remove", { name: label })} role="img" />
        </Link>
      ))}
    </div>
  );
}
