import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import { lazy, Suspense } from "react";

import { Empty } from "@/components/Empty";
import { useText } from "@/i18n/text";
import { setupOptions } from "@/lib/queries/setup";

import { builtIn } from "../view";

const Checklist = lazy(() => import("./Checklist").then((file) => ({ default: file.Checklist })));

/** An empty list says what it means and what comes next; a new workspace is led through its first steps. */
export function EmptyInbox({ view, narrowed }: { view: string; narrowed: boolean }) {
  const { t } = useText();
  const { data: setup } = useQuery(setupOptions);
  const name = narrowed ? "narrowed" : (builtIn(view) ?? "saved");
  if (setup && !setup.conversation && !narrowed)
    return (
      <Suspense>
        <Checklist setup={setup} />
      </Suspense>
    );
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
