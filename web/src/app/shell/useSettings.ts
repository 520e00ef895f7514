import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Monitor, Moon, Sun } from "lucide-react";

import { useNotices } from "@/components/notices";
import { switchLanguage, useText } from "@/i18n/text";
import { api, take } from "@/lib/client";
import { forgetDrafts } from "@/lib/drafts";
import { chooseTheme, type Theme, useTheme } from "@/lib/preferences";
import { sessionOptions } from "@/lib/queries/session";
import { forget } from "@/lib/store";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** What the foot of the navigation, the phone's menu and the palette all offer. */
export function useSettings() {
  const { t, language } = useText();
  const { complain } = useNotices();
  const theme = useTheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => take(api.DELETE("/api/v1/session")),
    onSettled: async () => {
      await navigate({ to: "/login" });
      client.clear();
      await Promise.all([forget(), forgetDrafts()]);
      client.setQueryData(sessionOptions.queryKey, null);
    },
  });
  return {
    language: {
      label: t("app.language.other"),
      lang: language === "da" ? "en" : "da",
      change: () =>
        void switchLanguage(language === "da" ? "en" : "da").catch(() => complain(t("error.offline"))),
    },
    theme: { label: t(`app.theme.${theme}`), Icon: ICONS[theme], change: () => chooseTheme(NEXT[theme]) },
    signOut: { label: t("app.signOut"), change: () => signOut.mutate() },
  };
}
