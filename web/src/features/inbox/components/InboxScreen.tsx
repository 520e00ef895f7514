import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { useText } from "@/i18n/text";
import { anchorsOptions } from "@/lib/queries/conversations";

import "../inbox.css";
import { listOf } from "../view";
import { ConversationList } from "./ConversationList";
import { Narrowed } from "./Narrowed";
import { ViewMenu } from "./ViewMenu";
import { ViewTabs } from "./ViewTabs";

/** The list of conversations, and beside it the one that is open. */
export function InboxScreen() {
  const { t } = useText();
  const address = useSearch({ from: "/inbox" });
  const { conversationId: open } = useParams({ strict: false });
  const navigate = useNavigate();
  const asked = JSON.stringify(listOf(address));
  const list = useMemo(() => JSON.parse(asked) as ReturnType<typeof listOf>, [asked]);
  const { data } = useQuery({
    ...anchorsOptions(list),
    select: ({ total }) => total,
  });
  return (
    <div className="inbox" data-open={open !== undefined}>
      <section className="inbox-list" aria-label={t("inbox.title")}>
        <header className="inbox-head">
          <h1>{t("inbox.title")}</h1>
          <span className="muted count">{data !== undefined && t("inbox.count", { count: data })}</span>
          <Narrowed />
        </header>
        <div className="inbox-views">
          <ViewTabs />
          <ViewMenu />
        </div>
        <ConversationList
          key={asked}
          list={list}
          open={open ?? null}
          openOne={(conversationId) =>
            void navigate({ to: "/inbox/$conversationId", params: { conversationId }, search: true })
          }
        />
      </section>
      {open !== undefined && <Outlet />}
    </div>
  );
}
