import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import { membersOptions } from "@/lib/queries/members";
import type { Receipt } from "@/lib/shapes";

import { receiptsOptions } from "../api/retention";

/** That persons were erased: when, by whom and how much; not who. */
export function Receipts() {
  const { t } = useText();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(receiptsOptions);
  const columns = useColumns();
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section className="card" aria-labelledby="receipts-title">
      <h2 id="receipts-title">{t("receipts.title")}</h2>
      <p className="muted">{t("receipts.lead")}</p>
      {error && <Problem error={error} retry={refetch} />}
      {data && rows.length === 0 && <p>{t("receipts.none")}</p>}
      {rows.length > 0 && (
        <Table label={t("receipts.title")} columns={columns} rows={rows} keyOf={(row) => row.number} />
      )}
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("app.more.show")}
        </Button>
      )}
    </section>
  );
}

function useColumns(): Column<Receipt>[] {
  const { t, time, number } = useText();
  const { data: members } = useQuery(membersOptions);
  const nameOf = (actor: string) => members?.items.find(({ id }) => actor === `member:${id}`)?.name ?? actor;
  return [
    { name: "number", title: t("receipts.number"), cell: (row) => row.number },
    { name: "at", title: t("audit.at"), cell: ({ at }) => time(at) },
    { name: "by", title: t("audit.actor"), cell: ({ by }) => nameOf(by) },
    {
      name: "conversations",
      title: t("people.conversations"),
      align: "end",
      cell: ({ conversations }) => number(conversations),
    },
    {
      name: "messages",
      title: t("people.figure.messages"),
      align: "end",
      cell: ({ messages }) => number(messages),
    },
    { name: "files", title: t("receipts.files"), align: "end", cell: ({ files }) => number(files) },
    {
      name: "addresses",
      title: t("receipts.hashes"),
      cell: ({ addresses }) =>
        addresses.map((hash) => (
          <code key={hash} title={hash}>
            {hash.slice(0, 12)}
          </code>
        )),
    },
  ];
}
