import { Link } from "@tanstack/react-router";
import { Command } from "lucide-react";

import { Dialog } from "@/components/Dialog";
import { useText } from "@/i18n/text";

import { FURTHER } from "./places";
import type { Opened } from "./Root";
import { SettingsButtons } from "./SettingsButtons";
import { useSettings } from "./useSettings";

/** On a phone: what does not fit into the bottom bar. */
export function More({ close, open }: { close: () => void; open: (what: Opened) => void }) {
  const { t } = useText();
  const settings = useSettings();
  return (
    <Dialog title={t("app.more")} close={close}>
      <div className="more">
        <button type="button" className="place" onClick={() => open("palette")}>
          <Command aria-hidden className="icon" />
          <span>{t("app.commands")}</span>
        </button>
        {FURTHER.map(({ to, key, Icon }) => (
          <Link key={to} to={to} className="place" onClick={close}>
            <Icon aria-hidden className="icon" />
            <span>{t(key)}</span>
          </Link>
        ))}
        <SettingsButtons {...settings} />
      </div>
    </Dialog>
  );
}
