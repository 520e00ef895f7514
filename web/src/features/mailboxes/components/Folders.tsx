import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { Mailbox } from "@/lib/shapes";

type Folder = Mailbox["folders"][number];

/** Every folder with its numbers; what is gone from the server is still here. */
export function Folders({ folders }: { folders: Mailbox["folders"] }) {
  const { t, number, time } = useText();
  const columns: Column<Folder>[] = [
    {
      name: "name",
      title: t("mailboxes.folder"),
      cell: (one) => (
        <>
          {one.name} {one.is_gone && <span className="badge">{t("mailboxes.folder.gone")}</span>}
          {one.trouble !== null && <span className="mailbox-detail muted">{one.trouble}</span>}
        </>
      ),
    },
    { name: "there", title: t("mailboxes.onServer"), align: "end", cell: (one) => number(one.on_server) },
    { name: "known", title: t("mailboxes.known"), align: "end", cell: (one) => number(one.known) },
    { name: "gone", title: t("mailboxes.gone"), align: "end", cell: (one) => number(one.gone) },
    {
      name: "compared",
      title: t("mailboxes.compared"),
      cell: (one) => (one.checked_at === null ? t("mailboxes.never") : time(one.checked_at)),
    },
  ];
  return (
    <details>
      <summary>{t("mailboxes.folders", { count: folders.length })}</summary>
      <Table
        label={t("mailboxes.folders.table")}
        columns={columns}
        rows={folders}
        keyOf={(one) => one.name}
      />
    </details>
  );
}
