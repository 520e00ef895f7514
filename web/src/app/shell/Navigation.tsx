import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Command, Keyboard, Menu } from "lucide-react";

import { useText } from "@/i18n/text";

import { mentionCountOptions } from "@/lib/queries/notes";

import { FURTHER, PLACES } from "./places";
import type { Opened } from "./Root";
import { SettingsButtons } from "./SettingsButtons";
import { useSettings } from "./useSettings";

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
              <span className="grow">{t(key)}</span>
              {to === "/mentions" && <Unread />}
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
