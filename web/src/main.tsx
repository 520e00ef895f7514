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
import { router } from "@/app/router";
import { loadTexts } from "@/i18n/areas";
import { applyPreferences } from "@/lib/preferences";

applyPreferences();
const root = document.getElementById("root");
if (root) {
  // Who is signed in, and what the address shows, is asked while the texts come.
  void router.load();
  await loadTexts("start");
  createRoot(root).render(
    <StrictMode>
      <Providers />
    </StrictMode>,
  );
}
