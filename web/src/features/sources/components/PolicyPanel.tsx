import { useId, useState } from "react";

import { useNotices } from "@/components/notices";
import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

import { useChangeSource } from "../api/changes";

const POLICIES = ["refuse", "retry", "quarantine"] as const;

/** What becomes of deliveries that prove nothing: one of three, with what it means. */
export function PolicyPanel({ source }: { source: Source }) {
  const { t } = useText();
  const { say } = useNotices();
  const change = useChangeSource();
  const id = useId();
  const [chosen, setChosen] = useState<Source["unverified"] | null>(null);
  const shown = chosen ?? source.unverified;
  const choose = (policy: Source["unverified"]) => {
    setChosen(policy);
    change.mutate(
      { id: source.id, unverified: policy },
      { onSuccess: () => say(t("sources.policy.saved")), onSettled: () => setChosen(null) },
    );
  };
  return (
    <fieldset className="field-group">
      <legend>{t("sources.policy.title")}</legend>
      <p className="field-hint">{t("sources.policy.lead")}</p>
      {POLICIES.map((policy) => (
        <div key={policy} className="check-field">
          <input
            id={`${id}-${policy}`}
            type="radio"
            name={id}
            checked={shown === policy}
            onChange={() => choose(policy)}
          />
          <label htmlFor={`${id}-${policy}`}>
            {t(`sources.policy.${policy}`)}
            <span className="field-hint">{t(`sources.policy.${policy}.hint`)}</span>
          </label>
        </div>
      ))}
    </fieldset>
  );
}
