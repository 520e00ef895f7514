import type { SyntheticEvent } from "react";

import { Dialog } from "@/components/Dialog";
import { useNotices } from "@/components/notices";
import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

import { useChangeSource } from "../api/changes";

const FIELDS = [
  "text",
  "subject",
  "from_name",
  "from_email",
  "from_phone",
  "company",
  "sent_at",
  "conversation_key",
] as const;

/** Tells where each part of a message stands in a sender's own JSON. */
export function Mapping({ source, close }: { source: Source; close: () => void }) {
  const { t } = useText();
  const { say } = useNotices();
  const change = useChangeSource();
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const mapping: Record<string, string> = {};
    for (const field of FIELDS) {
      const value = form.get(field);
      if (typeof value === "string" && value.trim() !== "") mapping[field] = value.trim();
    }
    change.mutate(
      { id: source.id, mapping },
      {
        onSuccess: () => {
          say(t("sources.mapping.saved"));
          close();
        },
      },
    );
  };
  return (
    <Dialog title={t("sources.mapping.title", { name: source.name })} close={close}>
      <form className="form" onSubmit={submit}>
        <p className="muted">{t("sources.mapping.lead")}</p>
        {FIELDS.map((field) => (
          <label key={field}>
            {t(`sources.mapping.${field}`)}
            <input name={field} spellCheck={false} autoComplete="off" className="mono" />
          </label>
        ))}
        <p className="login-problem" role="alert">
          {change.error?.message}
        </p>
        <div className="form-actions">
          <button type="button" className="button" onClick={close}>
            {t("app.cancel")}
          </button>
          <button type="submit" className="button primary" disabled={change.isPending}>
            {t("app.save")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
