import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type SyntheticEvent, useId } from "react";

import { switchLanguage, useText } from "@/i18n/text";
import { Problem } from "@/lib/problem";
import { addressOf } from "@/lib/base";
import { sessionOptions } from "@/lib/queries/session";
import { forget } from "@/lib/store";

import { signIn } from "../api/signIn";

import "../session.css";

/** The front door. */
export function LoginScreen() {
  const { t, language } = useText();
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: "/login" });
  const fields = { email: useId(), password: useId() };
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: async (session) => {
      await forget();
      client.setQueryData(sessionOptions.queryKey, session);
      router.history.push(addressOf(next ?? "/inbox"));
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => {
      const field = form.get(name);
      return typeof field === "string" ? field : "";
    };
    attempt.mutate({ email: value("email").trim(), password: value("password") });
  };
  return (
    <main className="login">
      <form className="login-card" onSubmit={submit}>
        <div className="brand">
          <span className="mark" aria-hidden />
          <strong>{t("app.name")}</strong>
        </div>
        <h1>{t("login.title")}</h1>
        <p className="muted">{t("login.lead")}</p>
        <label htmlFor={fields.email}>{t("login.email")}</label>
        <input id={fields.email} name="email" type="email" autoComplete="username" required autoFocus />
        <label htmlFor={fields.password}>{t("login.password")}</label>
        <input
          id={fields.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <div className="login-problem" role="alert">
          {attempt.error && <LoginProblem error={attempt.error} />}
        </div>
        <button type="submit" className="button primary" disabled={attempt.isPending}>
          {t(attempt.isPending ? "login.busy" : "login.submit")}
        </button>
        <button
          type="button"
          className="link"
          lang={language === "da" ? "en" : "da"}
          onClick={() => void switchLanguage(language === "da" ? "en" : "da")}
        >
          {t("app.language.other")}
        </button>
      </form>
    </main>
  );
}

function LoginProblem({ error }: { error: Error }) {
  const { t } = useText();
  if (!(error instanceof Problem)) return <p>{t("error.offline")}</p>;
  if (error.retryAfter !== null) return <p>{t("login.wait", { seconds: error.retryAfter })}</p>;
  return <p>{error.message}</p>;
}
