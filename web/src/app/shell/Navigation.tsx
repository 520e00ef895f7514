import { Link } from "@tanstack/react-router";
import { Activity, Command, Inbox, Keyboard, Menu, Plug, Search } from "lucide-react";

import { useText } from "@/i18n/text";

import type { Opened } from "./Root";
import { SettingsButtons } from "./SettingsButtons";
import { useSettings } from "./useSettings";

const PLACES = [
  { to: "/inbox", key: "app.inbox", Icon: Inbox },
  { to: "/search", key: "app.search", Icon: Search },
  { to: "/sources", key: "app.sources", Icon: Plug },
  { to: "/operations", key: "app.operations", Icon: Activity },
] as const;

interface Given {
  workspace: string;
  open: (what: Opened) => void;
}

/** Places to go: at the side, on a phone along the bottom. */
export function Navigation({ workspace, open }: Given) {
  const { t } = useText();
  return (
    <nav className="navigation" aria-label={t("app.navigation")}>
      <div className="brand">
        <span className="mark" aria-hidden />
        <span className="brand-name">
          <strong>{t("app.name")}</strong>
          <span className="muted">{workspace}</span>
        </span>
      </div>
      <ul className="places">
        {PLACES.map(({ to, key, Icon }) => (
          <li key={to}>
            <Link to={to} className="place" activeProps={{ "aria-current": "page" }}>
              <Icon aria-hidden className="icon" />
              <span>{t(key)}</span>
            </Link>
          </li>
        ))}
        <li className="only-phone">
          <button type="button" className="place" onClick={() => open("more")}>
            <Menu aria-hidden className="icon" />
            <span>{t("app.more")}</span>
          </button>
        </li>
      </ul>
      <Foot open={open} />
    </nav>
  );
}

function Foot({ open }: Pick<Given, "open">) {
  const { t } = useText();
  const settings = useSettings();
  return (
    <div className="nav-foot">
      <button type="button" className="place" onClick={() => open("palette")}>
        <Command aria-hidden className="icon" />
        <span>{t("app.commands")}</span>
      </button>
      <button type="button" className="place" onClick={() => open("help")}>
        <Keyboard aria-hidden className="icon" />
        <span>{t("app.help")}</span>
      </button>
      <SettingsButtons {...settings} />
    </div>
  );
}
