import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { Key } from "@/lib/shapes";

import { keysOptions, useRevokeKey } from "../api/settings";

const NewKey = lazy(() => import("./NewKey").then((file) => ({ default: file.NewKey })));
const Confirm = lazy(() => import("@/components/Confirm").then((file) => ({ default: file.Confirm })));

/** The keys that programs use; the secret of one is shown once. */
export function KeysSection() {
  const { t } = useText();
  const { say } = useNotices();
  const { data, error, refetch } = useQuery(keysOptions);
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Key | null>(null);
  const revoke = useRevokeKey();
  const columns = useColumns(setEnding);
  if (error) return <Problem error={error} retry={refetch} />;
  return (
    <section className="card" aria-labelledby="keys-title">
      <header className="section-head">
        <h2 id="keys-title" className="grow">
          {t("settings.keys")}
        </h2>
        <Button kind="primary" icon={KeyRound} onClick={() => setMaking(true)}>
          {t("keys.new")}
        </Button>
      </header>
      <p className="muted">{t("keys.lead")}</p>
      {!data && <Skeleton />}
      {data?.items.length === 0 && (
        <Empty icon={KeyRound} title={t("keys.none")} detail={t("keys.none.detail")} />
      )}
      {data && data.items.length > 0 && (
        <Table label={t("settings.keys")} columns={columns} rows={data.items} keyOf={({ id }) => id} stacks />
      )}
      <Suspense>
        {making && <NewKey close={() => setMaking(false)} />}
        {ending && (
          <Confirm
            title={t("keys.revoke")}
            confirm={t("keys.revoke")}
            danger
            busy={revoke.isPending}
            close={() => setEnding(null)}
            run={() =>
              revoke.mutate(ending.id, {
                onSuccess: () => {
                  say(t("keys.revoked", { name: ending.name }));
                  setEnding(null);
                },
              })
            }
          >
            <p>{t("keys.revoke.sure", { name: ending.name })}</p>
          </Confirm>
        )}
      </Suspense>
    </section>
  );
}

function useColumns(end: (key: Key) => void): Column<Key>[] {
  const { t, list } = useText();
  return [
    { name: "name", title: t("keys.name"), cell: ({ name }) => name },
    {
      name: "scopes",
      title: t("keys.scopes"),
      cell: ({ scopes }) => list(scopes.map((scope) => t(`keys.scope.${scope}`))),
    },
    {
      name: "used",
      title: t("keys.used"),
      cell: ({ last_used_at: used }) => (used === null ? t("keys.never") : <Age at={used} />),
    },
    { name: "by", title: t("keys.by"), cell: ({ created_by: by }) => by?.name ?? "–" },
    {
      name: "end",
      title: t("app.actions"),
      quiet: true,
      align: "end",
      cell: (key) => (
        <Button kind="danger" onClick={() => end(key)}>
          {t("keys.revoke")}
        </Button>
      ),
    },
  ];
}
