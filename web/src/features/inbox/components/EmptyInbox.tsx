import { Link } from "@tanstack/react-router";
import { Inbox } from "lucide-react";

import { Empty } from "@/components/Empty";
import { useText } from "@/i18n/text";

import { builtIn } from "../view";

/** An empty list says what it means and what comes next; a new workspace is led through its first steps. */
export function EmptyInbox({ view, narrowed }: { view: string; narrowed: boolean }) {
  const { t } = useText();
  const name = narrowed ? "narrowed" : (builtIn(view) ?? "saved");
  return (
    <Empty icon={Inbox} title={t(`inbox.empty.${name}`)} detail={t(`inbox.empty.${name}.detail`)}>
      {narrowed && (
        <Link to="/inbox" className="button">
          {t("view.clear")}
        </Link>
      )}
    </Empty>
  );
}
