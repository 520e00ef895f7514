import { useState } from "react";

import { Copy } from "@/components/Copy";
import { Dialog } from "@/components/Dialog";
import { CheckField, FieldGroup, TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useText } from "@/i18n/text";

import { type Scope, SCOPES, useMakeKey } from "../api/settings";

/** A new key: its name and what it may do; then the secret, once. */
export function NewKey({ close }: { close: () => void }) {
  const { t } = useText();
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const make = useMakeKey();
  if (make.data)
    return (
      <Dialog title={t("keys.secret", { name: make.data.key.name })} close={close}>
        <div className="form">
          <p className="hint">{t("keys.once")}</p>
          <Copy label={t("keys.secret", { name: make.data.key.name })} value={make.data.secret} />
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("keys.new")} close={close}>
      <Form
        submit={t("keys.make")}
        close={close}
        disabled={make.isPending || scopes.length === 0}
        error={make.error}
        send={({ name = "" }) => make.mutate({ name: name.trim(), scopes: [...scopes] })}
      >
        <TextField label={t("keys.name")} name="name" required maxLength={80} autoFocus />
        <FieldGroup title={t("keys.scopes")}>
          <div className="scopes">
            {SCOPES.map((scope) => (
              <CheckField
                key={scope}
                label={t(`keys.scope.${scope}`)}
                checked={scopes.includes(scope)}
                onChange={({ target }) =>
                  setScopes(target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
                }
              />
            ))}
          </div>
        </FieldGroup>
      </Form>
    </Dialog>
  );
}
