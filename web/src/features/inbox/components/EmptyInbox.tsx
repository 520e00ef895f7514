import { Link } from "@tanstack/react-router";
import { Inbox } from "lucide-react";

import { Empty } from "@/components/Empty";
import { useText } from "@/i18n/text";

import type { Tab } from "../view";

/** An empty list says what it means and what comes next. */
export function EmptyInbox({ tab }: { tab: Tab }) {
  const { t } = useText();
  return (
    <Empty icon={Inbox} title={t(`inbox.empty.${tab}`)} detail={t(`inbox.empty.${tab}.detail`)}>
      {tab === "all" && (
        <Link to="/sources" className="button primary">
          {t("inbox.empty.connect")}
        </Link>
      )}
    </Empty>
  );
}
