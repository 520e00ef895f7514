import { useState } from "react";

import { Button } from "@/components/Button";
import { TextField } from "@/components/Field";
import { useNotices } from "@/components/notices";
import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

import { useChangeSource } from "../api/changes";

const MOST = 1_000_000;

/** How many deliveries a minute the source may send; empty means any number. */
export function LimitPanel({ source }: { source: Source }) {
  const { t } = useText();
  const { say } = useNotices();
  const change = useChangeSource();
  const [written, write] = useState(source.per_minute ? String(source.per_minute) : "");
  const wanted = written.trim() === "" ? 0 : Number(written);
  const wrong = !Number.isInteger(wanted) || wanted < 0 || wanted > MOST;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong)
          change.mutate(
            { id: source.id, per_minute: wanted },
            { onSuccess: () => say(t(wanted ? "sources.limit.saved" : "sources.limit.lifted")) },
          );
      }}
    >
      <TextField
        label={t("sources.limit.label")}
        hint={t("sources.limit.hint")}
        error={wrong ? t("sources.limit.wrong") : undefined}
        value={written}
        onChange={({ target }) => write(target.value)}
        inputMode="numeric"
        autoComplete="off"
      />
      <div className="form-actions">
        <Button type="submit" kind="primary" disabled={wrong || change.isPending}>
          {t("sources.limit.save")}
        </Button>
      </div>
    </form>
  );
}
