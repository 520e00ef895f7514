import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Dialog } from "@/components/Dialog";
import { Field, TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useNotices } from "@/components/notices";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";
import { sourcesOptions } from "@/lib/queries/sources";
import type { Rule } from "@/lib/shapes";

import { type NewRule, previewOptions, useAddRule, useChangeRule } from "../api/retention";

interface Given {
  rule: Rule | null;
  /** The sources that have a rule already; null is the rule for all others. */
  taken: readonly (number | null)[];
  close: () => void;
}

const MOST_DAYS = 36_500;

/** A rule and, before it is saved, what it would remove. */
export function RuleDialog({ rule, taken, close }: Given) {
  const { t } = useText();
  const { say } = useNotices();
  const { data: sources } = useQuery(sourcesOptions);
  const free = [null, ...(sources?.items.map(({ id }) => id) ?? [])].filter((id) => !taken.includes(id));
  const [source, setSource] = useState<number | null | undefined>(
    rule ? (rule.source?.id ?? null) : undefined,
  );
  const chosen = source === undefined ? (free[0] ?? null) : source;
  const [typed, setTyped] = useState(String(rule?.days ?? 730));
  const days = Number.parseInt(typed, 10);
  const good = days >= 1 && days <= MOST_DAYS;
  const add = useAddRule();
  const change = useChangeRule();
  const onSuccess = () => {
    say(t("settings.saved"));
    close();
  };
  const nameOf = (id: number | null) =>
    sources?.items.find((one) => one.id === id)?.name ?? rule?.source?.name ?? t("retention.others");
  return (
    <Dialog title={rule ? t("retention.edit", { name: nameOf(chosen) }) : t("retention.new")} close={close}>
      <Form
        submit={t("retention.keep", { count: good ? days : 0 })}
        kind="danger"
        close={close}
        disabled={!good || add.isPending || change.isPending}
        error={add.error ?? change.error}
        send={() => {
          if (rule) change.mutate({ id: rule.id, days }, { onSuccess });
          else add.mutate({ source_id: chosen, days }, { onSuccess });
        }}
      >
        {!rule && (
          <Field label={t("retention.source")}>
            {({ id }) => (
              <Select
                id={id}
                label={t("retention.source")}
                value={String(chosen)}
                change={(value) => setSource(value === "null" ? null : Number(value))}
                options={free.map((one) => ({ value: String(one), label: nameOf(one) }))}
              />
            )}
          </Field>
        )}
        <TextField
          label={t("retention.days")}
          hint={t("retention.days.hint")}
          type="number"
          min={1}
          max={MOST_DAYS}
          required
          autoFocus
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        {good && <Preview rule={{ source_id: chosen, days }} />}
      </Form>
    </Dialog>
  );
}

function Preview({ rule }: { rule: NewRule }) {
  const { t, number } = useText();
  const asked = useSettled(JSON.stringify(rule), 200);
  const { data } = useQuery(previewOptions(JSON.parse(asked) as NewRule));
  return (
    <p className="hint" role="status">
      {data === undefined
        ? t("retention.counting")
        : t("retention.preview", {
            count: data.conversations,
            messages: number(data.messages),
            held: number(data.held),
          })}
    </p>
  );
}
