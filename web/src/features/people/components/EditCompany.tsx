import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { useNotices } from "@/components/notices";
import { useTakeBack } from "@/components/useActions";
import { useText } from "@/i18n/text";
import type { Company } from "@/lib/shapes";

import { useChangeCompany } from "../api/people";

/** A company's name and CVR number; the way back is offered. */
export function EditCompany({ company, close }: { company: Company; close: () => void }) {
  const { t } = useText();
  const { say } = useNotices();
  const takeBack = useTakeBack();
  const change = useChangeCompany(company.id);
  const [name, setName] = useState(company.name);
  const [cvr, setCvr] = useState(company.cvr ?? "");
  return (
    <Dialog title={t("people.edit", { name: company.name })} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const number = cvr.replaceAll(/\D/g, "");
          change.mutate(
            { name: name.trim(), cvr: number === "" ? null : number },
            {
              onSuccess: ({ undo }) => {
                say(t("settings.saved"), undo ? () => takeBack(undo.id) : undefined);
                close();
              },
            },
          );
        }}
      >
        <TextField
          label={t("people.name")}
          value={name}
          required
          autoFocus
          maxLength={200}
          onChange={({ target }) => setName(target.value)}
        />
        <TextField
          label={t("people.cvr")}
          hint={t("people.cvr.hint")}
          inputMode="numeric"
          value={cvr}
          error={change.error?.message}
          onChange={({ target }) => setCvr(target.value)}
        />
        <div className="form-actions">
          <Button onClick={close}>{t("app.cancel")}</Button>
          <Button kind="primary" type="submit" disabled={change.isPending}>
            {t("app.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
