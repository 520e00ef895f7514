import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Field, TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { switchLanguage, useText } from "@/i18n/text";
import { sessionOptions } from "@/lib/queries/session";

import { ownSessionsOptions, useChangeMe, useChangePassword, useEndSession } from "../api/settings";

/** Oneself: name, language, password, and where one is signed in. */
export function MeSection() {
  return (
    <>
      <About />
      <Password />
      <Sessions />
    </>
  );
}

function About() {
  const { t } = useText();
  const { say } = useNotices();
  const { data: session } = useQuery(sessionOptions);
  const change = useChangeMe();
  const [language, setLanguage] = useState<"da" | "en" | "none" | null>(null);
  if (!session) return null;
  const { member } = session;
  const chosen = language ?? member.language ?? "none";
  return (
    <section className="card" aria-labelledby="me-title">
      <h2 id="me-title">{t("settings.me")}</h2>
      <Form
        submit={t("app.save")}
        disabled={change.isPending}
        error={change.error}
        send={({ name = "" }) => {
          const next = chosen === "none" ? null : chosen;
          change.mutate(
            { name: name.trim(), language: next },
            {
              onSuccess: () => {
                if (next !== null) void switchLanguage(next);
                say(t("settings.saved"));
              },
            },
          );
        }}
      >
        <TextField label={t("me.name")} name="name" defaultValue={member.name} required maxLength={120} />
        <TextField label={t("me.email")} defaultValue={member.email} readOnly />
        <Field label={t("me.language")}>
          {({ id }) => (
            <Select
              id={id}
              label={t("me.language")}
              value={chosen}
              change={setLanguage}
              options={[
                { value: "none", label: t("me.language.none") },
                { value: "da", label: "Dansk" },
                { value: "en", label: "English" },
              ]}
            />
          )}
        </Field>
      </Form>
    </section>
  );
}

function Password() {
  const { t } = useText();
  const { say } = useNotices();
  const change = useChangePassword();
  return (
    <section className="card" aria-labelledby="password-title">
      <h2 id="password-title">{t("me.password")}</h2>
      <Form
        submit={t("me.password.change")}
        kind="plain"
        disabled={change.isPending}
        error={change.error}
        send={({ current = "", next = "" }, form) => {
          change.mutate(
            { current, new: next },
            {
              onSuccess: () => {
                form.reset();
                say(t("me.password.changed"));
              },
            },
          );
        }}
      >
        <TextField
          label={t("me.password.current")}
          name="current"
          type="password"
          autoComplete="current-password"
          required
        />
        <TextField
          label={t("me.password.new")}
          hint={t("me.password.hint")}
          name="next"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
        />
      </Form>
    </section>
  );
}

function Sessions() {
  const { t, age } = useText();
  const { data, error, refetch } = useQuery(ownSessionsOptions);
  const end = useEndSession();
  if (error) return <Problem error={error} retry={refetch} />;
  const others = data?.items.filter(({ current }) => !current) ?? [];
  return (
    <section className="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t("me.sessions")}</h2>
      <ul className="line-list">
        {data?.items.map(({ id, current, user_agent: agent, seen_at: seen }) => (
          <li key={id}>
            <span className="grow">
              {browserOf(agent) ?? t("me.sessions.unknown")}
              <span className="field-hint">
                {current ? t("me.sessions.here") : t("me.sessions.seen", { age: age(seen) })}
              </span>
            </span>
            {!current && (
              <Button disabled={end.isPending} onClick={() => end.mutate(id)}>
                {t("me.sessions.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <div className="form-actions">
          <Button disabled={end.isPending} onClick={() => end.mutate(null)}>
            {t("me.sessions.endOthers")}
          </Button>
        </div>
      )}
    </section>
  );
}

/** "Firefox · Linux", as far as the browser says what it is. */
function browserOf(agent: string): string | null {
  const browser = /(Edg|Firefox|OPR|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1];
  const parts = [
    browser?.replace("Edg", "Edge").replace("OPR", "Opera"),
    system?.replace("Mac OS X", "macOS"),
  ];
  return parts.some(Boolean) ? parts.filter(Boolean).join(" · ") : null;
}
