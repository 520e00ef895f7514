import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { Skeleton } from "@/components/Skeleton";
import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { AuditEntry } from "@/lib/shapes";

import { auditActionsOptions, auditOptions } from "../api/settings";

/** Who changed what, newest first. */
export function AuditSection() {
  const { t } = useText();
  const [action, setAction] = useState("");
  const { data: actions } = useQuery(auditActionsOptions);
  const audit = useInfiniteQuery(auditOptions(action));
  const columns = useColumns();
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? [];
  if (audit.error) return <Problem error={audit.error} retry={audit.refetch} />;
  return (
    <section className="card" aria-labelledby="audit-title">
      <header className="section-head">
        <h2 id="audit-title" className="grow">
          {t("settings.audit")}
        </h2>
        <Select
          label={t("audit.action")}
          value={action}
          change={setAction}
          options={[
            { value: "", label: t("audit.action.all") },
            ...(actions?.items ?? []).map((value) => ({ value, label: value })),
          ]}
        />
      </header>
      {audit.isPending && <Skeleton />}
      {audit.data && rows.length === 0 && (
        <Empty icon={ScrollText} title={t("audit.none")} detail={t("audit.none.detail")} />
      )}
      {rows.length > 0 && (
        <Table label={t("settings.audit")} columns={columns} rows={rows} keyOf={({ id }) => id} />
      )}
      {audit.hasNextPage && (
        <Button kind="quiet" disabled={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          {t("app.more.show")}
        </Button>
      )}
    </section>
  );
}

function useColumns(): Column<AuditEntry>[] {
  const { t, time } = useText();
  return [
    { name: "at", title: t("audit.at"), cell: ({ at }) => <time dateTime={at}>{time(at)}</time> },
    {
      name: "actor",
      title: t("audit.actor"),
      cell: ({ actor }) => (
        <>
          {actor.name || t(`audit.kind.${actor.kind}`)}
          <span className="field-hint">{t(`audit.kind.${actor.kind}`)}</span>
        </>
      ),
    },
    { name: "action", title: t("audit.action"), cell: ({ action }) => <code>{action}</code> },
    { name: "subject", title: t("audit.subject"), cell: ({ subject }) => subject },
    {
      name: "detail",
      title: t("audit.detail"),
      cell: ({ detail }) => (Object.keys(detail).length > 0 ? <code>{JSON.stringify(detail)}</code> : "–"),
    },
  ];
}
