import { useState } from "react";

import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useText } from "@/i18n/text";
import type { Company } from "@/lib/shapes";

import { useChangeCompany } from "../api/people";
import { useSaved } from "../hooks/useSaved";

/** A company's name and CVR number; the way back is offered. */
export function EditCompany({ company, close }: { company: Company; close: () => void }) {
  const { t } = useText();
  const saved = useSaved(close);
  const change = useChangeCompany(company.id);
  const [name, setName] = useState(company.name);
  const [cvr, setCvr] = useState(company.cvr ?? "");
  return (
    <Dialog title={t("people.edit", { name: company.name })} close={close}>
      <Form
        submit={t("app.save")}
        close={close}
        disabled={change.isPending}
        send={() => {
          const number = cvr.replaceAll(/\D/g, "");
          change.mutate({ name: name.trim(), cvr: number === "" ? null : number }, { onSuccess: saved });
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
      </Form>
    </Dialog>
  );
}
