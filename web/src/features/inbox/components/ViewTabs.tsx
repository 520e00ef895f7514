import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { useText } from "@/i18n/text";
import { countsOptions } from "@/lib/queries/conversations";
import { viewsOptions } from "@/lib/queries/views";

import { BUILT_IN } from "../view";

/** The views: those every workspace has, then the saved ones; each is an address of its own. */
export function ViewTabs() {
  const { t } = useText();
  const { view: chosen = "inbox" } = useSearch({ from: "/inbox" });
  const { data: views } = useQuery(viewsOptions);
  const tabs: { view: string; name: string; colour: string | null }[] = [
    ...BUILT_IN.map((name) => ({ view: name, name: t(`inbox.view.${name}`), colour: null })),
    ...(views?.items ?? []).map(({ id, name, color }) => ({ view: String(id), name, colour: color })),
  ];
  return (
    <nav className="tabs grow" aria-label={t("inbox.views")}>
      {tabs.map(({ view, name, colour }) => (
        <Link
          key={view}
          to="/inbox"
          search={view === "inbox" ? {} : { view }}
          activeOptions={{ exact: true, includeSearch: true }}
          className="tab"
          aria-current={view === chosen ? "page" : undefined}
        >
          {colour !== null && <span className="tag-dot" data-colour={colour} />}
          {name}
          <Count view={view} />
        </Link>
      ))}
    </nav>
  );
}

/** How many there are to do; what is done or everything is not counted aloud. */
function Count({ view }: { view: string }) {
  const { t, number } = useText();
  const { data } = useQuery(countsOptions);
  const found = data?.items.find((one) => one.view === view);
  if (!found || found.count === 0 || view === "closed" || view === "all") return null;
  const text = found.at_least ? `${number(found.count)}+` : number(found.count);
  return (
    <span className="tab-count" aria-label={t("inbox.count", { count: found.count })}>
      {text}
    </span>
  );
}
