import { useText } from "@/i18n/text";

import { type FormField, formFields } from "../formFields";

/** A form's answers as questions and answers; what is neither stays as text. */
export function FormAnswers({ text }: { text: string }) {
  const { t } = useText();
  const fields = formFields(text);
  if (fields.length === 0) return <p className="muted">{t("conversation.empty")}</p>;
  const named = fields.filter(({ name }) => name !== "");
  return (
    <>
      {fields
        .filter(({ name }) => name === "")
        .map(({ value }) => (
          <p key={value} className="lines">
            {value}
          </p>
        ))}
      {named.length > 0 && <Answers fields={named} />}
    </>
  );
}

function Answers({ fields }: { fields: readonly FormField[] }) {
  return (
    <dl className="form-answers">
      {fields.map(({ name, value }, place) => (
        <div key={place}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
