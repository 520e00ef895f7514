import { Command, Languages, LogOut } from "lucide-react";

import { Dialog } from "@/components/Dialog";
import { useText } from "@/i18n/text";

import type { Opened } from "./Root";
import { useSettings } from "./useSettings";

/** On a phone: what does not fit into the bottom bar. */
export function More({ close, open }: { close: () => void; open: (what: Opened) => void }) {
  const { t } = useText();
  const { language, theme, signOut } = useSettings();
  return (
    <Dialog title={t("app.more")} close={close}>
      <div className="more">
        <button type="button" className="place" onClick={() => open("palette")}>
          <Command aria-hidden className="icon" />
          <span>{t("app.commands")}</span>
        </button>
        <button type="button" className="place" lang={language.lang} onClick={language.change}>
          <Languages aria-hidden className="icon" />
          <span>{language.label}</span>
        </button>
        <button type="button" className="place" onClick={theme.change}>
          <theme.Icon aria-hidden className="icon" />
          <span>{theme.label}</span>
        </button>
        <button type="button" className="place" onClick={signOut.change}>
          <LogOut aria-hidden className="icon" />
          <span>{signOut.label}</span>
        </button>
      </div>
    </Dialog>
  );
}
