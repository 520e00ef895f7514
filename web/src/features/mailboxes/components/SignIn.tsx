import { Field, TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import type { MailboxAccess } from "@/lib/shapes";

const WAYS = ["password", "google", "microsoft"] as const;

interface Given {
  access: MailboxAccess;
  change: (changed: Partial<MailboxAccess>) => void;
}

/** With a password, or with a token of Google or Microsoft. */
export function SignIn({ access, change }: Given) {
  const { t } = useText();
  const way = access.provider ?? "password";
  return (
    <>
      <Field label={t("mailboxes.way")}>
        {(wired) => (
          <Select
            id={wired.id}
            label={t("mailboxes.way")}
            value={way}
            options={WAYS.map((value) => ({ value, label: t(`mailboxes.way.${value}`) }))}
            change={(chosen) => change({ provider: chosen === "password" ? null : chosen, host: "" })}
          />
        )}
      </Field>
      <TextField
        label={t("mailboxes.user")}
        required
        autoComplete="off"
        value={access.username}
        onChange={({ target }) => change({ username: target.value.trim() })}
      />
      {way === "password" ? (
        <TextField
          label={t("mailboxes.password")}
          hint={t("mailboxes.sealed")}
          type="password"
          required
          autoComplete="new-password"
          value={access.password}
          onChange={({ target }) => change({ password: target.value })}
        />
      ) : (
        <>
          <TextField
            label={t("mailboxes.clientId")}
            required
            autoComplete="off"
            value={access.client_id ?? ""}
            onChange={({ target }) => change({ client_id: target.value.trim() || null })}
          />
          <TextField
            label={t("mailboxes.clientSecret")}
            type="password"
            autoComplete="new-password"
            value={access.client_secret}
            onChange={({ target }) => change({ client_secret: target.value })}
          />
          <TextField
            label={t("mailboxes.refreshToken")}
            hint={t("mailboxes.sealed")}
            type="password"
            required
            autoComplete="new-password"
            value={access.refresh_token}
            onChange={({ target }) => change({ refresh_token: target.value })}
          />
        </>
      )}
    </>
  );
}
