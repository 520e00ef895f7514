import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { X } from "lucide-react";

import { useText } from "@/i18n/text";
import { companyOptions, contactOptions } from "@/lib/queries/people";
import { sourcesOptions } from "@/lib/queries/sources";

/** Narrowing the list by source; a company or contact comes from their page and can be taken off. */
export function InboxFilters() {
  const { t } = useText();
  const view = useSearch({ from: "/inbox" });
  const navigate = useNavigate();
  const { data: sources } = useQuery(sourcesOptions);
  const { data: company } = useQuery({
    ...companyOptions(view.company ?? 0),
    enabled: view.company !== undefined,
  });
  const { data: contact } = useQuery({
    ...contactOptions(view.contact ?? 0),
    enabled: view.contact !== undefined,
  });
  const choose = (value: string) =>
    void navigate({
      to: "/inbox",
      search: { ...view, source: value === "" ? undefined : Number(value) },
    });
  return (
    <div className="inbox-filters">
      {company && (
        <Link to="/inbox" search={{ ...view, company: undefined }} className="chip">
          {t("inbox.company", { name: company.name })}
          <X className="icon small" aria-label={t("app.remove", { name: company.name })} role="img" />
        </Link>
      )}
      {contact && (
        <Link to="/inbox" search={{ ...view, contact: undefined }} className="chip">
          {t("inbox.contact", { name: contact.name })}
          <X className="icon small" aria-label={t("app.remove", { name: contact.name })} role="img" />
        </Link>
      )}
      <select
        aria-label={t("inbox.source")}
        value={view.source ?? ""}
        onChange={(e) => choose(e.target.value)}
      >
        <option value="">{t("inbox.source.all")}</option>
        {sources?.items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
