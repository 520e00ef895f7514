import { Link } from "@tanstack/react-router";
import { Inbox, Pencil, Scale, Search } from "lucide-react";
import type { ReactNode } from "react";

import { Button, IconButton } from "@/components/Button";
import { useText } from "@/i18n/text";

interface Given {
  name: string;
  search: { contact?: number; company?: number };
  held: boolean;
  hold: (held: boolean) => void;
  edit: () => void;
  children?: ReactNode;
}

/** The name, and the ways into what they wrote. */
export function PersonHead({ name, search, held, hold, edit, children }: Given) {
  const { t } = useText();
  return (
    <header className="screen-head">
      <div className="grow">
        <h1>{name}</h1>
        <div className="muted person-facts">
          {children}
          {held && <span className="badge">{t("conversation.held")}</span>}
        </div>
      </div>
      <IconButton
        icon={Scale}
        label={t(held ? "conversation.release" : "conversation.hold")}
        pressed={held}
        onClick={() => hold(!held)}
      />
      <Button icon={Pencil} onClick={edit}>
        {t("app.edit")}
      </Button>
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
