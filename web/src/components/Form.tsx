import type { ReactNode } from "react";

import { useText } from "@/i18n/text";

import { Button } from "./Button";

/** The texts of a form's fields by name. */
export type Values = Partial<Record<string, string>>;

interface Given {
  /** What the button that sends it says. */
  submit: string;
  send: (values: Values, form: HTMLFormElement) => void;
  /** Leaves without sending, in a dialog. */
  close?: () => void;
  kind?: "primary" | "danger" | "plain";
  disabled?: boolean;
  /** Why the server refused it. */
  error?: Error | null;
  children: ReactNode;
}

/** Fields, what was refused, and the buttons below them. */
export function Form({ submit, send, close, kind = "primary", disabled = false, error, children }: Given) {
  const { t } = useText();
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        send(valuesOf(event.currentTarget), event.currentTarget);
      }}
    >
      {children}
      <Refusal error={error ?? null} />
      <div className="form-actions">
        {close && <Button onClick={close}>{t("app.cancel")}</Button>}
        <Button kind={kind} type="submit" disabled={disabled}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

export function valuesOf(form: HTMLFormElement): Values {
  return Object.fromEntries(
    [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

/** What the server said no to, read aloud at once. */
export function Refusal({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p className="field-error" role="alert">
      {error.message}
    </p>
  );
}
