import "@/styles/fonts.css";
import "@/styles/tokens.css";
import "@/styles/base.css";
import "@/styles/controls.css";
import "@/styles/overlays.css";
import "@/styles/shell.css";
import "@/styles/screens.css";
import "@/styles/print.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Providers } from "@/app/Providers";
import { loadLanguage } from "@/i18n/text";
import { applyPreferences, currentLanguage } from "@/lib/preferences";

applyPreferences();
const root = document.getElementById("root");
if (root) {
  await loadLanguage(currentLanguage());
  createRoot(root).render(
    <StrictMode>
      <Providers />
    </StrictMode>,
  );
}
