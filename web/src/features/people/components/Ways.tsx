import { Plus, X } from "lucide-react";
import { useState } from "react";

import { Button, IconButton } from "@/components/Button";
import { useRefused } from "@/components/useRefused";
import { useText } from "@/i18n/text";

interface Given {
  /** What is listed: each with what it is called, and how to take it away. */
  ways: readonly { key: string; name: string; value: string; remove: () => Promise<unknown> }[];
  label: string;
  /** Takes one more; what it is (an address, a number, a domain) shows from its form. */
  add: (value: string) => Promise<unknown>;
}

/** Addresses or domains: each can be taken off, and one more added. */
export function Ways({ ways, label, add }: Given) {
  const { t } = useText();
  const refused = useRefused();
  const [adding, setAdding] = useState(false);
  const quietly = (work: Promise<unknown>) => work.catch(refused);
  return (
    <>
      <dl className="facts">
        {ways.map(({ key, name, value, remove }) => (
          <div key={key} className="way">
            <dt>{name}</dt>
            <dd>
              {value}
              <IconButton
                icon={X}
                label={t("app.remove", { name: value })}
                onClick={() => void quietly(remove())}
              />
            </dd>
          </div>
        ))}
      </dl>
      {adding ? (
        <form
          className="way-form"
          onSubmit={(event) => {
            event.preventDefault();
            const value = new FormData(event.currentTarget).get("value");
            setAdding(false);
            if (typeof value === "string" && value.trim() !== "") void quietly(add(value.trim()));
          }}
        >
          <input name="value" aria-label={label} placeholder={label} maxLength={320} autoFocus />
          <Button type="submit">{t("app.add")}</Button>
        </form>
      ) : (
        <Button kind="quiet" icon={Plus} onClick={() => setAdding(true)}>
          {t("app.add")}
        </Button>
      )}
    </>
  );
}
