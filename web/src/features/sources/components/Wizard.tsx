import { type SyntheticEvent, useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { useText } from "@/i18n/text";
import type { SourceSecret } from "@/lib/shapes";

import { useAddSource } from "../api/changes";
import { useChoice } from "../providers";
import { Choose } from "./Choose";
import { Connect } from "./Connect";

/** From "what sends the post?" to the first event arriving, in three steps. */
export function Wizard({ close }: { close: () => void }) {
  const { t } = useText();
  const [provider, choose] = useState<string | null>(null);
  const [made, setMade] = useState<SourceSecret | null>(null);
  return (
    <Dialog title={t("sources.wizard.title")} close={close} wide={made !== null}>
      {provider === null && <Choose choose={choose} />}
      {provider !== null && made === null && (
        <Name provider={provider} back={() => choose(null)} made={setMade} />
      )}
      {provider !== null && made !== null && <Connect made={made} provider={provider} close={close} />}
    </Dialog>
  );
}

interface NameGiven {
  provider: string;
  back: () => void;
  made: (source: SourceSecret) => void;
}

function Name({ provider, back, made }: NameGiven) {
  const { t } = useText();
  const add = useAddSource();
  const { label } = useChoice()(provider);
  const smtp = provider === "smtp";
  const [name, setName] = useState(label);
  const [address, setAddress] = useState("");
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate(
      {
        kind: smtp ? "smtp" : "webhook",
        name: name.trim(),
        provider: smtp ? "generic" : provider,
        signed: true,
        ...(smtp && { address: address.trim().toLowerCase() }),
      },
      { onSuccess: made },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <strong>{label}</strong>
      <TextField
        label={t("sources.wizard.name")}
        hint={t("sources.wizard.name.hint")}
        name="name"
        required
        maxLength={100}
        autoFocus
        value={name}
        onChange={({ target }) => setName(target.value)}
        onFocus={({ target }) => target.select()}
      />
      {smtp && (
        <TextField
          label={t("sources.wizard.address")}
          hint={t("sources.wizard.address.hint")}
          name="address"
          type="email"
          required
          value={address}
          onChange={({ target }) => setAddress(target.value)}
        />
      )}
      <p className="login-problem" role="alert">
        {add.error?.message}
      </p>
      <div className="form-actions">
        <Button onClick={back}>{t("sources.wizard.back")}</Button>
        <Button type="submit" kind="primary" disabled={add.isPending}>
          {t("sources.wizard.create")}
        </Button>
      </div>
    </form>
  );
}
