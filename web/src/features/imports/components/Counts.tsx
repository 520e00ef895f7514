import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Problem } from "@/components/Problem";
import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import { sourcesOptions } from "@/lib/queries/sources";
import type { MailImport, UnreadMessage } from "@/lib/shapes";

import { unreadOptions } from "../api/imports";

/** What became of the messages, and those that could not be read or filed. */
export function Counts({ one }: { one: MailImport }) {
  const { t } = useText();
  const { data } = useQuery(sourcesOptions);
  const buried = data?.items.find(({ id }) => id === one.source_id)?.buried ?? 0;
  return (
    <>
      <p className="import-counts">
        <span>{t("imports.new.count", { count: one.new })}</span>
        {one.duplicates > 0 && <span>{t("imports.known", { count: one.duplicates })}</span>}
        {one.failed > 0 && <span>{t("imports.damaged", { count: one.failed })}</span>}
      </p>
      {one.failed > 0 && <Unread id={one.id} count={one.failed} />}
      {buried > 0 && one.state === "done" && (
        <p>
          <Link to="/operations" search={{ source: one.source_id }}>
            {t("imports.buried", { count: buried })}
          </Link>
        </p>
      )}
    </>
  );
}

/** Where each lies and why it could not be read, asked for when somebody wants to see them. */
function Unread({ id, count }: { id: number; count: number }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({ ...unreadOptions(id), enabled: open });
  const columns: Column<UnreadMessage & { number: number }>[] = [
    { name: "place", title: t("imports.unread.place"), cell: (row) => <code>{row.place}</code> },
    { name: "reason", title: t("imports.unread.reason"), align: "start", cell: (row) => t(reasonOf(row)) },
  ];
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("imports.unread", { count })}</summary>
      {error && <Problem error={error} retry={refetch} />}
      {data && (
        <>
          <Table
            label={t("imports.unread.label")}
            columns={columns}
            rows={data.items.map((row, number) => ({ ...row, number }))}
            keyOf={({ number }) => number}
          />
          {data.items.length < count && (
            <p className="muted label">{t("imports.unread.first", { count: data.items.length })}</p>
          )}
        </>
      )}
    </details>
  );
}

const REASONS = [
  "too_large",
  "broken",
  "empty",
  "locked",
  "damaged",
  "too_much",
  "unreadable",
  "refused",
] as const;

function reasonOf({ reason }: UnreadMessage) {
  return `imports.reason.${REASONS.find((one) => one === reason) ?? "broken"}` as const;
}
