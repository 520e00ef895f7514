import { Outlet, useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";

import { later } from "@/components/later";
import { Menu } from "@/components/MenuButton";
import { useNotices } from "@/components/notices";
import { withTexts } from "@/i18n/areas";
import { suggestLanguage, useText } from "@/i18n/text";
import { sessionOptions } from "@/lib/queries/session";
import { useShortcuts } from "@/lib/shortcuts";

import { Connection } from "./Connection";
import { Navigation } from "./Navigation";
import { useLiveChanges } from "./useLiveChanges";

const Help = later(() => withTexts(() => import("./Help"), "help").then((file) => file.Help));
const Palette = later(() =>
  withTexts(() => import("../palette/Palette"), "help").then((file) => file.Palette),
);
const More = later(() => import("./More").then((file) => file.More));

/** Ms after the start, when what is opened by a key is fetched, so that it opens at once. */
const QUIET = 2000;

export type Opened = "help" | "palette" | "more" | null;

/** What is seen without being signed in. */
export const isOutside = (path: string): boolean => path === "/login" || path.startsWith("/join/");

/** The frame around every screen; the sign-in stands alone. */
export function Root() {
  const outside = useRouterState({ select: ({ location }) => isOutside(location.pathname) });
  return outside ? <Outlet /> : <Shell />;
}

function Shell() {
  const { t } = useText();
  const navigate = useNavigate();
  const router = useRouter();
  const { undoLatest } = useNotices();
  const { data: session } = useQuery(sessionOptions);
  const [opened, setOpened] = useState<Opened>(null);
  const close = useCallback(() => setOpened(null), []);
  const live = useLiveChanges();
  useEffect(() => {
    const timer = setTimeout(() => void Promise.allSettled([Palette.fetch(), Menu.fetch()]), QUIET);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => void suggestLanguage(session?.member.language ?? null), [session]);
  useEffect(() => {
    if (session === null) void navigate({ to: "/login", search: { next: router.state.location.href } });
  }, [session, navigate, router]);

  useShortcuts({
    help: () => setOpened("help"),
    undo: undoLatest,
    palette: () => setOpened("palette"),
    search: () => void navigate({ to: "/search" }),
    goInbox: () => void navigate({ to: "/inbox" }),
    goBoard: () => void navigate({ to: "/board" }),
    goSettings: () => void navigate({ to: "/settings" }),
    goContacts: () => void navigate({ to: "/contacts" }),
    goSources: () => void navigate({ to: "/sources" }),
    goOperations: () => void navigate({ to: "/operations" }),
  });

  return (
    <div className="shell">
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        {t("app.skip")}
      </a>
      <Navigation workspace={session?.workspace.name ?? ""} open={setOpened} />
      <main id="content" tabIndex={-1}>
        <Connection live={live} />
        <Outlet />
      </main>
      {opened === "help" && <Help close={close} />}
      {opened === "palette" && <Palette close={close} open={setOpened} />}
      {opened === "more" && <More close={close} open={setOpened} />}
    </div>
  );
}
