import { type ComponentPropsWithRef, type ReactNode, useId } from "react";

interface Wired {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

interface FieldGiven {
  label: string;
  hint?: string;
  error?: string | undefined;
  children: (wired: Wired) => ReactNode;
}

/** A labelled field: hint and error are read with it. */
export function Field({ label, hint, error, children }: FieldGiven) {
  const id = useId();
  const told = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(told.length > 0 && { "aria-describedby": told.join(" ") }),
        ...(error !== undefined && { "aria-invalid": true as const }),
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type InputGiven = Omit<FieldGiven, "children"> & Omit<ComponentPropsWithRef<"input">, "id" | "children">;

/** A labelled line of text. */
export function TextField({ label, hint, error, ...rest }: InputGiven) {
  return (
    <Field label={label} error={error} {...(hint !== undefined && { hint })}>
      {(wired) => <input {...wired} {...rest} />}
    </Field>
  );
}

interface FieldGroupGiven {
  title: string;
  hint?: string;
  children: ReactNode;
}

/** Fields that belong together, under one heading. */
export function FieldGroup({ title, hint, children }: FieldGroupGiven) {
  return (
    <fieldset className="field-group">
      <legend>{title}</legend>
      {hint !== undefined && <p className="field-hint">{hint}</p>}
      {children}
    </fieldset>
  );
}

interface CheckGiven extends Omit<ComponentPropsWithRef<"input">, "type" | "id"> {
  label: string;
  hint?: string;
}

/** A box to tick. */
export function CheckField({ label, hint, ...rest }: CheckGiven) {
  const id = useId();
  return (
    <div className="check-field">
      <input id={id} type="checkbox" {...rest} />
      <label htmlFor={id}>
        {label}
        {hint !== undefined && <span className="field-hint">{hint}</span>}
      </label>
    </div>
  );
}
