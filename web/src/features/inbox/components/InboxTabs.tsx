import { Link, useSearch } from "@tanstack/react-router";

import { useText } from "@/i18n/text";

import { TABS } from "../view";

/** Which conversations; each tab is an address of its own. */
export function InboxTabs() {
  const { t } = useText();
  const { tab = "open", ...rest } = useSearch({ from: "/inbox" });
  return (
    <nav className="tabs" aria-label={t("inbox.tabs")}>
      {TABS.map((name) => (
        <Link
          key={name}
          to="/inbox"
          search={name === "open" ? rest : { ...rest, tab: name }}
          activeOptions={{ exact: true, includeSearch: true }}
          className="tab"
          aria-current={name === tab ? "page" : undefined}
        >
          {t(`inbox.tab.${name}`)}
        </Link>
      ))}
    </nav>
  );
}
