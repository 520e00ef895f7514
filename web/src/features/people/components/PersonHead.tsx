import { Link } from "@tanstack/react-router";
import { Inbox, Search } from "lucide-react";
import type { ReactNode } from "react";

import { useText } from "@/i18n/text";

interface Given {
  name: string;
  search: { contact?: number; company?: number };
  children?: ReactNode;
}

/** The name, and the ways into what they wrote. */
export function PersonHead({ name, search, children }: Given) {
  const { t } = useText();
  return (
    <header className="screen-head">
      <div className="grow">
        <h1>{name}</h1>
        {children}
      </div>
      <Link to="/inbox" search={{ ...search, view: "all" }} className="button">
        <Inbox aria-hidden className="icon" />
        {t("people.allInInbox")}
      </Link>
      <Link to="/search" search={search} className="button">
        <Search aria-hidden className="icon" />
        {t("people.searchHere")}
      </Link>
    </header>
  );
}
