import { useState } from "react";

import { Copy } from "@/components/Copy";
import { Dialog } from "@/components/Dialog";
import { Field, TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { Select } from "@/components/Select";
import { useText } from "@/i18n/text";

import { type Role, ROLES, useInvite } from "../api/settings";
import type { HandedLink } from "./MembersSection";

/** A new colleague: the answer is a link to hand over. */
export function Invite({ close, done }: { close: () => void; done: (link: HandedLink) => void }) {
  const { t } = useText();
  const [role, setRole] = useState<Role>("agent");
  const invite = useInvite();
  return (
    <Dialog title={t("members.invite")} close={close}>
      <Form
        submit={t("members.invite.send")}
        close={close}
        disabled={invite.isPending}
        error={invite.error}
        send={({ email = "", name = "" }) => {
          invite.mutate(
            { email: email.trim(), name: name.trim(), role },
            {
              onSuccess: ({ member, invitation }) => {
                close();
                done({ name: member.name, url: invitation.url, until: invitation.expires_at });
              },
            },
          );
        }}
      >
        <TextField label={t("members.name")} name="name" required maxLength={120} autoFocus />
        <TextField label={t("members.email")} name="email" type="email" required />
        <Field label={t("members.role")}>
          {({ id }) => (
            <Select
              id={id}
              label={t("members.role")}
              value={role}
              change={setRole}
              options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
            />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}

/** The link, shown once. */
export function InviteLink({ link, close }: { link: HandedLink; close: () => void }) {
  const { t, time } = useText();
  return (
    <Dialog title={t("members.link", { name: link.name })} close={close}>
      <div className="form">
        <p className="hint">{t("members.link.hint", { until: time(link.until) })}</p>
        <Copy label={t("members.link", { name: link.name })} value={link.url} />
      </div>
    </Dialog>
  );
}
