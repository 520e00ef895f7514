import { Link } from "@tanstack/react-router";
import { Activity, AtSign, Command, Plug, Settings } from "lucide-react";

import { Dialog } from "@/components/Dialog";
import { useText } from "@/i18n/text";

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
        <Link to="/sources" className="place" onClick={close}>
          <Plug aria-hidden className="icon" />
          <span>{t("app.sources")}</span>
        </Link>
        <Link to="/operations" className="place" onClick={close}>
          <Activity aria-hidden className="icon" />
          <span>{t("app.operations")}</span>
        </Link>
        <Link to="/mentions" className="place" onClick={close}>
          <AtSign aria-hidden className="icon" />
          <span>{t("app.mentions")}</span>
        </Link>
        <Link to="/settings" className="place" onClick={close}>
          <Settings aria-hidden className="icon" />
          <span>{t("app.settings")}</span>
        </Link>
        <SettingsButtons {...settings} />
      </div>
    </Dialog>
  );
}
