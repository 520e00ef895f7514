import { LogOut, Languages } from "lucide-react";

import type { useSettings } from "./useSettings";

/** Language, theme and signing out, wherever the shell has room for them. */
export function SettingsButtons({ language, theme, signOut }: ReturnType<typeof useSettings>) {
  return (
    <>
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
    </>
  );
}
