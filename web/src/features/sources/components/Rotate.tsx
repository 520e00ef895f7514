import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field, TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

import { useRotateSecret } from "../api/changes";
import { providersOptions } from "../api/providers";
import { providerName } from "../providers";
import { Secret } from "./Secret";

const OVERLAPS = ["0", "1", "24", "168"] as const;
type Overlap = (typeof OVERLAPS)[number];

/** A new secret for a source, ours or its provider's; the former one may stay good for a while. */
export function Rotate({ source, close }: { source: Source; close: () => void }) {
  const { t } = useText();
  const rotate = useRotateSecret();
  const { data: providers } = useQuery(providersOptions);
  const [overlap, setOverlap] = useState<Overlap>("24");
  const [secret, setSecret] = useState("");
  const theirs = providers?.find(({ name }) => name === source.provider)?.made_by === "them";
  const given = secret.trim();
  return (
    <Dialog
      title={t("sources.secret.title", { name: source.name })}
      close={close}
      wide={rotate.data !== undefined}
    >
      {rotate.data ? (
        <Secret made={rotate.data} provider={source.provider} given={given !== ""} />
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            rotate.mutate({
              id: source.id,
              overlap_hours: Number(overlap),
              ...(given !== "" && { secret: given }),
            });
          }}
        >
          <TextField
            label={t(theirs ? "sources.rotate.theirs" : "sources.rotate.ours")}
            hint={t(theirs ? "sources.rotate.theirs.hint" : "sources.rotate.ours.hint", {
              name: providerName(source.provider),
            })}
            error={rotate.error?.message}
            value={secret}
            onChange={({ target }) => setSecret(target.value)}
            autoComplete="off"
            spellCheck={false}
            required={theirs}
            className="mono"
          />
          <Field label={t("sources.rotate.overlap")} hint={t("sources.rotate.overlap.hint")}>
            {({ id }) => (
              <Select
                id={id}
                label={t("sources.rotate.overlap")}
                value={overlap}
                options={OVERLAPS.map((value) => ({ value, label: t(`sources.rotate.overlap.${value}`) }))}
                change={setOverlap}
              />
            )}
          </Field>
          <div className="form-actions">
            <Button onClick={close}>{t("app.cancel")}</Button>
            <Button type="submit" kind="primary" disabled={rotate.isPending}>
              {t(given === "" ? "sources.rotate.confirm" : "sources.rotate.take")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
