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
import { queryClient } from "@/app/queryClient";
import { isOutside } from "@/app/shell/Root";
import { loadTexts } from "@/i18n/areas";
import { BASE } from "@/lib/base";
import { applyPreferences } from "@/lib/preferences";
import { sessionOptions } from "@/lib/queries/session";

applyPreferences();
const root = document.getElementById("root");
if (root) {
  // Who is signed in is asked while the texts come.
  if (!isOutside(location.pathname.slice(BASE.length))) void queryClient.prefetchQuery(sessionOptions);
  await loadTexts("start");
  createRoot(root).render(
    <StrictMode>
      <Providers />
    </StrictMode>,
  );
}
