import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Copy } from "@/components/Copy";
import { TextField } from "@/components/Field";
import { useText } from "@/i18n/text";
import type { SourceSecret } from "@/lib/shapes";

import { useRotateSecret } from "../api/changes";
import { providersOptions } from "../api/providers";
import { isStep, useChoice } from "../providers";
import { FirstEvent } from "./FirstEvent";
import { Secret } from "./Secret";

interface Given {
  made: SourceSecret;
  provider: string;
  close: () => void;
}

/** What to enter at the provider, what it shows in return, and the wait for the first event. */
export function Connect({ made, provider, close }: Given) {
  const { t } = useText();
  const { label } = useChoice()(provider);
  const { data } = useQuery(providersOptions);
  const known = data?.find(({ name }) => name === provider);
  const theirs = known?.made_by === "them";
  return (
    <div className="stack">
      {isStep(provider) && <p className="steps">{t(`sources.steps.${provider}`)}</p>}
      <Secret made={theirs ? { ...made, secret: null } : made} provider={theirs ? "" : provider} />
      {known?.handshake === "meta" && made.url !== null && (
        <Copy label={t("sources.wizard.verify")} value={made.url.slice(made.url.lastIndexOf("/") + 1)} />
      )}
      {theirs && <Theirs id={made.id} label={label} optional={known.optional} />}
      <FirstEvent id={made.id} />
      <div className="form-actions">
        <Button kind="primary" onClick={close}>
          {t("sources.wizard.done")}
        </Button>
      </div>
    </div>
  );
}

interface TheirsGiven {
  id: number;
  label: string;
  optional: boolean;
}

/** The provider shows its secret once it has the address, so it is asked for here. */
function Theirs({ id, label, optional }: TheirsGiven) {
  const { t } = useText();
  const rotate = useRotateSecret();
  const [secret, setSecret] = useState("");
  if (rotate.data)
    return (
      <p className="hint" role="status">
        {t("sources.secret.taken")}
      </p>
    );
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        rotate.mutate({ id, secret: secret.trim(), overlap_hours: 0 });
      }}
    >
      <TextField
        label={t("sources.wizard.theirs", { name: label })}
        hint={t(optional ? "sources.wizard.theirs.optional" : "sources.wizard.theirs.hint")}
        error={rotate.error?.message}
        required
        className="mono"
        autoComplete="off"
        spellCheck={false}
        value={secret}
        onChange={({ target }) => setSecret(target.value)}
      />
      <div className="form-actions">
        <Button type="submit" disabled={rotate.isPending || secret.trim() === ""}>
          {t("sources.wizard.theirs.save")}
        </Button>
      </div>
    </form>
  );
}
