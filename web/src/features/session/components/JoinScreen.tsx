import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams, useRouter } from "@tanstack/react-router";
import { MailQuestion } from "lucide-react";
import type { SyntheticEvent } from "react";

import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { TextField } from "@/components/Field";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { sessionOptions } from "@/lib/queries/session";
import { forget } from "@/lib/store";

import { accept, invitationOptions } from "../api/invitation";
import "../session.css";

/** Where an invitation leads: choosing a password signs in. */
export function JoinScreen() {
  const { t } = useText();
  const client = useQueryClient();
  const router = useRouter();
  const { token } = useParams({ from: "/join/$token" });
  const { data, error } = useQuery(invitationOptions(token));
  const join = useMutation({
    mutationFn: (body: { password: string; name: string }) => accept(token, body),
    onSuccess: async (session) => {
      await forget();
      client.setQueryData(sessionOptions.queryKey, session);
      await router.navigate({ to: "/inbox" });
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    join.mutate({ password: text("password"), name: text("name").trim() });
  };
  if (error)
    return (
      <main className="login">
        <Empty heading="h1" icon={MailQuestion} title={t("join.over")} detail={t("join.over.detail")} />
      </main>
    );
  if (!data) return <Skeleton />;
  return (
    <main className="login">
      <form className="login-card" onSubmit={submit}>
        <div className="brand">
          <span className="mark" aria-hidden />
          <strong>{t("app.name")}</strong>
        </div>
        <h1>{t("join.title", { workspace: data.workspace })}</h1>
        <p className="muted">{t("join.lead", { email: data.email })}</p>
        <TextField label={t("join.name")} name="name" defaultValue={data.name} required maxLength={120} />
        <TextField
          label={t("join.password")}
          hint={t("join.hint")}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          required
        />
        <div className="login-problem" role="alert">
          {join.error && <p>{join.error.message}</p>}
        </div>
        <Button kind="primary" type="submit" disabled={join.isPending}>
          {t("join.submit")}
        </Button>
      </form>
    </main>
  );
}
