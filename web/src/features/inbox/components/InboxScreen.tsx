import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { useText } from "@/i18n/text";
import { anchorsOptions } from "@/lib/queries/conversations";

import { filterOf } from "../view";
import { ConversationList } from "./ConversationList";
import { InboxFilters } from "./InboxFilters";
import { InboxTabs } from "./InboxTabs";

import "../inbox.css";

/** The list of conversations, and beside it the one that is open. */
export function InboxScreen() {
  const { t } = useText();
  const { tab, source, company, contact } = useSearch({ from: "/inbox" });
  const { conversationId: open } = useParams({ strict: false });
  const navigate = useNavigate();
  const filter = useMemo(() => filterOf({ tab, source, company, contact }), [tab, source, company, contact]);
  const { data } = useQuery({ ...anchorsOptions(filter), select: ({ total }) => total });
  return (
    <div className="inbox" data-open={open !== undefined}>
      <section className="inbox-list" aria-label={t("inbox.title")}>
        <header className="inbox-head">
          <h1>{t("inbox.title")}</h1>
          <span className="muted count">{data === undefined ? "" : t("inbox.count", { count: data })}</span>
          <InboxFilters />
        </header>
        <InboxTabs />
        <ConversationList
          key={JSON.stringify(filter)}
          filter={filter}
          tab={tab ?? "open"}
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
