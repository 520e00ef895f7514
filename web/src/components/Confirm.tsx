import type { ReactNode } from "react";

import { useText } from "@/i18n/text";

import { Button } from "./Button";
import { Dialog } from "./Dialog";

interface Given {
  title: string;
  /** The word for what happens, on the button. */
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  run: () => void;
  close: () => void;
  children: ReactNode;
}

/** Asks before what cannot be undone. Load it lazily, as `Dialog`. */
export function Confirm({ title, confirm, danger = false, busy = false, run, close, children }: Given) {
  const { t } = useText();
  return (
    <Dialog title={title} close={close}>
      <div className="form">
        {children}
        <div className="form-actions">
          <Button onClick={close}>{t("app.cancel")}</Button>
          <Button kind={danger ? "danger" : "primary"} disabled={busy} onClick={run}>
            {confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
