import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  Activity,
  AtSign,
  Columns3,
  Command,
  Inbox,
  Keyboard,
  Menu,
  Plug,
  Search,
  Settings,
  UsersRound,
} from "lucide-react";

import { useText } from "@/i18n/text";

import { mentionCountOptions } from "@/lib/queries/notes";

import type { Opened } from "./Root";
import { SettingsButtons } from "./SettingsButtons";
import { useSettings } from "./useSettings";

const PLACES = [
  { to: "/inbox", key: "app.inbox", Icon: Inbox },
  { to: "/board", key: "app.board", Icon: Columns3 },
  { to: "/contacts", key: "people.contacts", Icon: UsersRound },
  { to: "/search", key: "app.search", Icon: Search },
] as const;

/** On a phone these are behind "more". */
const FURTHER = [
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
        {FURTHER.map(({ to, key, Icon }) => (
          <li key={to} className="not-phone">
            <Link to={to} className="place" activeProps={{ "aria-current": "page" }}>
              <Icon aria-hidden className="icon" />
              <span>{t(key)}</span>
            </Link>
          </li>
        ))}
        <li className="not-phone">
          <Link to="/mentions" className="place" activeProps={{ "aria-current": "page" }}>
            <AtSign aria-hidden className="icon" />
            <span className="grow">{t("app.mentions")}</span>
            <Unread />
          </Link>
        </li>
        <li className="not-phone">
          <Link to="/settings" className="place" activeProps={{ "aria-current": "page" }}>
            <Settings aria-hidden className="icon" />
            <span>{t("app.settings")}</span>
          </Link>
        </li>
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

function Unread() {
  const { t, number } = useText();
  const { data } = useQuery(mentionCountOptions);
  if (!data || data.unread === 0) return null;
  return (
    <span className="tab-count" aria-label={t("app.mentions", { count: data.unread })}>
      {number(data.unread)}
    </span>
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
