import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field, TextField } from "@/components/Field";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";
import type { MailboxAccess } from "@/lib/shapes";

import { useAddMailbox, useTryMailbox } from "../api/mailboxes";
import { says } from "../says";
import { SignIn } from "./SignIn";

const SECURITIES = ["tls", "starttls", "none"] as const;
const EMPTY: MailboxAccess = {
  host: "",
  port: 993,
  security: "tls",
  username: "",
  password: "",
  provider: null,
  client_secret: "",
  refresh_token: "",
  folders: [],
};

/** How a mailbox is reached, tried before it is kept. */
export function AddMailbox({ close }: { close: () => void }) {
  const { t, number } = useText();
  const [name, setName] = useState("");
  const [access, setAccess] = useState(EMPTY);
  const add = useAddMailbox();
  const trial = useTryMailbox();
  const change = (changed: Partial<MailboxAccess>) => {
    trial.reset();
    setAccess((before) => ({ ...before, ...changed }));
  };
  const found = trial.data;
  return (
    <Dialog title={t("mailboxes.add")} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ name: name.trim(), access }, { onSuccess: close });
        }}
      >
        <TextField
          label={t("mailboxes.name")}
          required
          maxLength={100}
          value={name}
          error={add.error?.message}
          onChange={({ target }) => setName(target.value)}
        />
        <SignIn access={access} change={change} />
        {access.provider === null && (
          <>
            <TextField
              label={t("mailboxes.host")}
              required
              autoComplete="off"
              value={access.host}
              onChange={({ target }) => change({ host: target.value.trim() })}
            />
            <TextField
              label={t("mailboxes.port")}
              type="number"
              min={1}
              max={65535}
              value={access.port}
              onChange={({ target }) => change({ port: target.valueAsNumber || 993 })}
            />
            <Field label={t("mailboxes.security")}>
              {(wired) => (
                <Select
                  id={wired.id}
                  label={t("mailboxes.security")}
                  value={access.security}
                  options={SECURITIES.map((value) => ({ value, label: t(`mailboxes.security.${value}`) }))}
                  change={(security) => change({ security })}
                />
              )}
            </Field>
          </>
        )}
        <p role="status" className={found?.works === false ? "field-error" : "field-hint"}>
          {trial.isPending && t("mailboxes.trying")}
          {trial.error?.message}
          {found?.works === true &&
            t("mailboxes.works", {
              folders: number(found.folders.length),
              messages: number(found.folders.reduce((all, one) => all + one.messages, 0)),
            })}
          {found?.works === false && `${t(says(found.trouble ?? ""))} ${found.words ?? ""}`}
        </p>
        <div className="form-actions">
          <Button disabled={trial.isPending || access.username === ""} onClick={() => trial.mutate(access)}>
            {t("mailboxes.try")}
          </Button>
          <Button type="submit" kind="primary" disabled={add.isPending || name.trim() === ""}>
            {t("mailboxes.follow")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
