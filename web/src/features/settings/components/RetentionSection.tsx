import { useQuery } from "@tanstack/react-query";
import { Hourglass, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { Button, IconButton } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { CheckField } from "@/components/Field";
import { later } from "@/components/later";
import { useNotices } from "@/components/notices";
import { useRefused } from "@/components/useRefused";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { Rule } from "@/lib/shapes";

import { rulesOptions, useChangeRule, useDropRule } from "../api/retention";
import { Receipts } from "./Receipts";

const RuleDialog = later(() => import("./RuleDialog").then((file) => file.RuleDialog));

/** For how long conversations are kept, and who was erased. */
export function RetentionSection() {
  const { t } = useText();
  const { data, error, refetch } = useQuery(rulesOptions);
  const [editing, setEditing] = useState<Rule | "new" | null>(null);
  if (error) return <Problem error={error} retry={refetch} />;
  return (
    <>
      <section className="card" aria-labelledby="retention-title">
        <header className="section-head">
          <h2 id="retention-title" className="grow">
            {t("settings.retention")}
          </h2>
          <Button kind="primary" icon={Plus} onClick={() => setEditing("new")}>
            {t("retention.new")}
          </Button>
        </header>
        <p className="muted">{t("retention.lead")}</p>
        {!data && <Skeleton />}
        {data?.items.length === 0 && (
          <Empty icon={Hourglass} title={t("retention.none")} detail={t("retention.none.detail")} />
        )}
        <ul className="line-list">
          {data?.items.map((rule) => (
            <OneRule key={rule.id} rule={rule} edit={() => setEditing(rule)} />
          ))}
        </ul>
      </section>
      <Receipts />
      {editing !== null && (
        <RuleDialog
          rule={editing === "new" ? null : editing}
          taken={data?.items.map(({ source }) => source?.id ?? null) ?? []}
          close={() => setEditing(null)}
        />
      )}
    </>
  );
}

function OneRule({ rule, edit }: { rule: Rule; edit: () => void }) {
  const { t, age } = useText();
  const { say } = useNotices();
  const change = useChangeRule();
  const drop = useDropRule();
  const { id, source, days, enabled, last_run_at: ran, removed } = rule;
  const name = source?.name ?? t("retention.others");
  const refused = useRefused();
  return (
    <li>
      <span className="grow">
        {t("retention.rule", { name, count: days })}
        <span className="field-hint">
          {ran === null ? t("retention.waiting") : t("retention.ran", { age: age(ran), count: removed })}
        </span>
      </span>
      <CheckField
        label={t("retention.on")}
        aria-label={t("retention.on.of", { name })}
        checked={change.isPending ? change.variables.enabled === true : enabled}
        onChange={({ target }) => change.mutate({ id, enabled: target.checked }, { onError: refused })}
      />
      <IconButton icon={Pencil} label={t("retention.edit", { name })} onClick={edit} />
      <IconButton
        icon={Trash2}
        label={t("retention.drop", { name })}
        onClick={() =>
          // The line is gone when the answer has come.
          void drop.mutateAsync(id).then(() => say(t("retention.dropped", { name })), refused)
        }
      />
    </li>
  );
}
