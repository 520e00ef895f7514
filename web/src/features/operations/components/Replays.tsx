import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import { Field, TextField } from "@/components/Field";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Progress } from "@/components/Progress";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import type { NewReplay } from "@/lib/shapes";

import { replaysOptions, useAskReplay } from "../api/operations";
import { useStageName } from "../useStageName";
import { SourceField } from "./SourceField";

/** Running history through the current code again, and how far that is. */
export function Replays() {
  const { t, number } = useText();
  const nameOf = useStageName();
  const { data, error, refetch } = useQuery(replaysOptions);
  return (
    <section className="card">
      <h2>{t("operations.replays")}</h2>
      <p className="muted label">{t("operations.replays.hint")}</p>
      <AskReplay />
      {error && <Problem error={error} retry={refetch} />}
      <ul className="plain-list">
        {data?.map(({ id, stage, source_name: source, total, done, finished, requested_at: at }) => (
          <li key={id} className="buried-item" data-replay={id}>
            <span className="badge">{nameOf(stage)}</span>
            <span className="grow">{source ?? t("operations.replays.everything")}</span>
            <Age at={at} />
            <span className={finished ? "badge good" : "muted"}>
              {t("operations.replays.progress", { done: number(done), total: number(total) })}
            </span>
            {!finished && (
              <Progress label={t("operations.replays.label", { id })} done={total === 0 ? 0 : done / total} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AskReplay() {
  const { t } = useText();
  const nameOf = useStageName();
  const { say } = useNotices();
  const [stage, choose] = useState<NewReplay["stage"]>("file");
  const [source, from] = useState<number>();
  const [since, begin] = useState("");
  const ask = useAskReplay();
  const send = () =>
    ask.mutate(
      {
        stage,
        ...(source !== undefined && { source_id: source }),
        ...(since !== "" && { since: `${since}T00:00:00Z` }),
      },
      { onSuccess: () => say(t("operations.replays.asked")) },
    );
  return (
    <form
      className="buried-filters"
      aria-label={t("operations.replays.ask")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field label={t("operations.stage")}>
        {({ id }) => (
          <Select
            id={id}
            label={t("operations.stage")}
            value={stage}
            options={(["file", "embed"] as const).map((value) => ({ value, label: nameOf(value) }))}
            change={choose}
          />
        )}
      </Field>
      <SourceField source={source} choose={from} />
      <TextField
        label={t("operations.replays.since")}
        type="date"
        value={since}
        onChange={({ target }) => begin(target.value)}
      />
      <Button type="submit" kind="primary" disabled={ask.isPending}>
        {t("operations.replays.ask")}
      </Button>
    </form>
  );
}
