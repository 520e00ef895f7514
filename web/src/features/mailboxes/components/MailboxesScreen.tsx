import { useQuery } from "@tanstack/react-query";
import { Mailbox as MailboxIcon, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";

import { mailboxesOptions } from "../api/mailboxes";
import { MailboxCard } from "./MailboxCard";

import "../mailboxes.css";

const AddMailbox = lazy(() => import("./AddMailbox").then((file) => ({ default: file.AddMailbox })));

/** Mailboxes that are followed: what is here, what is on its way, and why one waits. */
export function MailboxesScreen() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(mailboxesOptions);
  const [adding, setAdding] = useState(false);
  const add = (
    <Button kind="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden className="icon" />
      {t("mailboxes.add")}
    </Button>
  );
  return (
    <div className="screen">
      <header className="screen-head">
        <div className="grow">
          <h1>{t("mailboxes.title")}</h1>
          <p className="muted">{t("mailboxes.lead")}</p>
        </div>
        {data && data.items.length > 0 && add}
      </header>
      {error && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton />}
      {data?.items.length === 0 && (
        <Empty icon={MailboxIcon} title={t("mailboxes.empty")} detail={t("mailboxes.empty.detail")}>
          {add}
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <ul className="stack mailboxes" aria-label={t("mailboxes.title")}>
          {data.items.map((mailbox) => (
            <li key={mailbox.id}>
              <MailboxCard mailbox={mailbox} />
            </li>
          ))}
        </ul>
      )}
      <Suspense>{adding && <AddMailbox close={() => setAdding(false)} />}</Suspense>
    </div>
  );
}
