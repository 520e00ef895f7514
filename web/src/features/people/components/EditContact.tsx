import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";
import type { Contact } from "@/lib/shapes";

import { companiesOptions, useChangeContact } from "../api/people";
import { useSaved } from "../hooks/useSaved";

/** A person's name, title and company; the way back is offered. */
export function EditContact({ contact, close }: { contact: Contact; close: () => void }) {
  const { t } = useText();
  const saved = useSaved(close);
  const change = useChangeContact(contact.id);
  const [name, setName] = useState(contact.name);
  const [title, setTitle] = useState(contact.title);
  const [company, setCompany] = useState(contact.company);
  return (
    <Dialog title={t("people.edit", { name: contact.name || t("people.unnamed") })} close={close}>
      <Form
        submit={t("app.save")}
        close={close}
        disabled={change.isPending}
        error={change.error}
        send={() =>
          change.mutate(
            { name: name.trim(), title: title.trim(), company_id: company?.id ?? null },
            { onSuccess: saved },
          )
        }
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
          label={t("people.title")}
          value={title}
          maxLength={200}
          onChange={({ target }) => setTitle(target.value)}
        />
        <PickCompany company={company} choose={setCompany} />
      </Form>
    </Dialog>
  );
}

type Named = Contact["company"];

function PickCompany({ company, choose }: { company: Named; choose: (company: Named) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const q = useSettled(typed.trim(), 150);
  const { data } = useQuery({ ...companiesOptions(q), enabled: q.length > 1 });
  return (
    <>
      <TextField
        label={t("people.company")}
        hint={company ? t("people.company.now", { name: company.name }) : t("people.company.none")}
        placeholder={t("people.company.find")}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <div className="scopes">
        {q.length > 1 &&
          data?.items.map((found) => (
            <Button
              key={found.id}
              aria-pressed={found.id === company?.id}
              onClick={() => {
                choose(found);
                setTyped("");
              }}
            >
              {found.name}
            </Button>
          ))}
        {company && (
          <Button kind="quiet" onClick={() => choose(null)}>
            {t("people.company.remove")}
          </Button>
        )}
      </div>
    </>
  );
}
