import { Braces, GitFork, Mail, MessageCircle, ShieldCheck } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";

import { Dialog } from "@/components/Dialog";
import { useText } from "@/i18n/text";
import type { SourceSecret } from "@/lib/shapes";

import { useAddSource } from "../api/changes";
import { providersOptions } from "../api/providers";
import { providerName } from "../providers";
import { FirstEvent } from "./FirstEvent";
import { Secret } from "./Secret";

const CHOICES = [
  { provider: "generic", Icon: Braces },
  { provider: "standard-webhooks", Icon: ShieldCheck },
  { provider: "github", Icon: GitFork },
  { provider: "wotnot", Icon: MessageCircle },
  { provider: "smtp", Icon: Mail },
] as const;
type Familiar = (typeof CHOICES)[number]["provider"];

const isFamiliar = (provider: string): provider is Familiar =>
  CHOICES.some((choice) => choice.provider === provider);

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
      {provider !== null && made !== null && (
        <div className="stack">
          <Secret made={made} provider={provider} />
          <FirstEvent id={made.id} />
          <div className="form-actions">
            <button type="button" className="button primary" onClick={close}>
              {t("sources.wizard.done")}
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function Choose({ choose }: { choose: (provider: string) => void }) {
  const { t } = useText();
  const providers = useQuery(providersOptions);
  const others = (providers.data ?? []).filter((one) => !isFamiliar(one.name));
  return (
    <div className="choices">
      <p className="muted">{t("sources.wizard.pick")}</p>
      {CHOICES.map(({ provider, Icon }) => (
        <button key={provider} type="button" className="choice" onClick={() => choose(provider)}>
          <Icon aria-hidden className="icon" />
          <strong>{t(`sources.wizard.${provider}`)}</strong>
          <span className="muted">{t(`sources.wizard.${provider}.detail`)}</span>
        </button>
      ))}
      <label>
        {t("sources.wizard.others")}
        <select
          value=""
          onChange={(event) => {
            choose(event.target.value);
          }}
        >
          <option value="" disabled>
            {t("sources.wizard.others.pick")}
          </option>
          {others.map((one) => (
            <option key={one.name} value={one.name}>
              {providerName(one.name)}
            </option>
          ))}
        </select>
      </label>
    </div>
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
  const providers = useQuery(providersOptions);
  const theirs = providers.data?.find((one) => one.name === provider)?.made_by === "them";
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => {
      const field = form.get(name);
      return typeof field === "string" ? field.trim() : "";
    };
    const smtp = provider === "smtp";
    add.mutate(
      {
        kind: smtp ? "smtp" : "webhook",
        name: value("name"),
        provider: smtp ? "generic" : provider,
        signed: true,
        ...(theirs && { secret: value("secret") }),
        ...(smtp && { address: value("address").toLowerCase() }),
      },
      { onSuccess: made },
    );
  };
  return (
    <form className="form" onSubmit={submit}>
      <strong>{isFamiliar(provider) ? t(`sources.wizard.${provider}`) : providerName(provider)}</strong>
      <label>
        {t("sources.wizard.name")}
        <input name="name" required maxLength={100} autoFocus aria-describedby="source-name-hint" />
        <span className="muted" id="source-name-hint">
          {t("sources.wizard.name.hint")}
        </span>
      </label>
      {provider === "smtp" && (
        <label>
          {t("sources.wizard.address")}
          <input name="address" type="email" required aria-describedby="source-address-hint" />
          <span className="muted" id="source-address-hint">
            {t("sources.wizard.address.hint")}
          </span>
        </label>
      )}
      {theirs && (
        <label>
          {t("sources.wizard.secret")}
          <input name="secret" required autoComplete="off" aria-describedby="source-secret-hint" />
          <span className="muted" id="source-secret-hint">
            {t("sources.wizard.secret.theirs", { name: providerName(provider) })}
          </span>
        </label>
      )}
      <p className="login-problem" role="alert">
        {add.error?.message}
      </p>
      <div className="form-actions">
        <button type="button" className="button" onClick={back}>
          {t("sources.wizard.back")}
        </button>
        <button type="submit" className="button primary" disabled={add.isPending}>
          {t("sources.wizard.create")}
        </button>
      </div>
    </form>
  );
}
