import { Confirm } from "@/components/Confirm";
import { useText } from "@/i18n/text";
import type { MailImport } from "@/lib/shapes";

import { useCancelImport } from "../api/imports";

/** Asks before an import is given up: what was sent would have to be sent again. */
export function Cancel({ one, close }: { one: MailImport; close: () => void }) {
  const { t } = useText();
  const cancel = useCancelImport();
  return (
    <Confirm
      title={t("imports.cancel.title", { name: one.name })}
      confirm={t("imports.cancel")}
      danger
      busy={cancel.isPending}
      run={() => cancel.mutate(one.id, { onSettled: close })}
      close={close}
    >
      <p>{t(one.state === "uploading" ? "imports.cancel.sending" : "imports.cancel.reading")}</p>
    </Confirm>
  );
}
