import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";
import type { Mappings, Source } from "@/lib/shapes";

import { useRestoreMapping, useSaveMapping } from "../api/changes";
import { mappingsOptions, previewOptions } from "../api/details";
import { MappingPreview } from "./MappingPreview";

const FIELDS = [
  "text",
  "subject",
  "from_name",
  "from_email",
  "from_phone",
  "from_id",
  "company",
  "sent_at",
  "direction",
  "conversation_key",
  "message_key",
] as const;
const STILL = 250; // milliseconds without a key before the preview is asked for

/** Tells where each part of a message stands in a sender's own JSON, tried on the newest event meanwhile. */
export function Mapping({ source, close }: { source: Source; close: () => void }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery(mappingsOptions(source.id));
  const [restored, setRestored] = useState(0);
  return (
    <Dialog title={t("sources.mapping.title", { name: source.name })} close={close} wide>
      {error && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton />}
      {data && (
        // A version taken up again begins the form anew.
        <Editor
          key={restored}
          source={source}
          mappings={data}
          close={close}
          restored={() => setRestored(restored + 1)}
        />
      )}
    </Dialog>
  );
}

interface EditorGiven {
  source: Source;
  mappings: Mappings;
  close: () => void;
  restored: () => void;
}

function Editor({ source, mappings, close, restored }: EditorGiven) {
  const { t } = useText();
  const { say } = useNotices();
  const save = useSaveMapping(source.id);
  const [mapping, setMapping] = useState<Readonly<Record<string, string>>>(
    mappings.versions[0]?.mapping ?? {},
  );
  const settled = useSettled(mapping, STILL);
  const preview = useQuery(previewOptions(source.id, settled));
  return (
    <div className="mapping">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(mapping, {
            onSuccess: () => {
              say(t("sources.mapping.saved"));
              close();
            },
          });
        }}
      >
        <p className="muted">{t("sources.mapping.lead")}</p>
        {FIELDS.map((field) => (
          <TextField
            key={field}
            label={t(`sources.mapping.${field}`)}
            className="mono"
            spellCheck={false}
            autoComplete="off"
            value={mapping[field] ?? ""}
            onChange={({ target }) => setMapping({ ...mapping, [field]: target.value })}
          />
        ))}
        <p className="login-problem" role="alert">
          {save.error?.message ?? preview.error?.message}
        </p>
        <div className="form-actions">
          <Button onClick={close}>{t("app.cancel")}</Button>
          <Button type="submit" kind="primary" disabled={save.isPending || preview.isError}>
            {t("app.save")}
          </Button>
        </div>
        <History id={source.id} mappings={mappings} restored={restored} />
      </form>
      <MappingPreview preview={preview.data} />
    </div>
  );
}

interface HistoryGiven {
  id: number;
  mappings: Mappings;
  restored: () => void;
}

function History({ id, mappings, restored }: HistoryGiven) {
  const { t, time } = useText();
  const { say } = useNotices();
  const restore = useRestoreMapping(id);
  const [, ...earlier] = mappings.versions;
  if (earlier.length === 0) return null;
  return (
    <details className="mapping-history">
      <summary>{t("sources.mapping.history", { count: earlier.length })}</summary>
      <ul className="stack">
        {earlier.map((one) => (
          <li key={one.version} className="mapping-version">
            <span className="grow">
              {time(one.saved_at)} · {one.saved_by}
              <span className="field-hint">{Object.keys(one.mapping).join(", ") || "–"}</span>
            </span>
            <Button
              disabled={restore.isPending}
              onClick={() =>
                restore.mutate(one.version, {
                  onSuccess: () => {
                    say(t("sources.mapping.restored"));
                    restored();
                  },
                })
              }
            >
              {t("sources.mapping.restore")}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
