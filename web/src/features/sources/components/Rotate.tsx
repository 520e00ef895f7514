import { Dialog } from "@/components/Dialog";
import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

import { useRotateSecret } from "../api/changes";
import { Secret } from "./Secret";

/** A new secret for a source: asked first, shown once. */
export function Rotate({ source, close }: { source: Source; close: () => void }) {
  const { t } = useText();
  const rotate = useRotateSecret();
  return (
    <Dialog
      title={t("sources.secret.title", { name: source.name })}
      close={close}
      wide={rotate.data !== undefined}
    >
      {rotate.data ? (
        <Secret made={rotate.data} provider={source.provider} />
      ) : (
        <div className="stack">
          <p>{t("sources.rotate.sure")}</p>
          <p className="login-problem" role="alert">
            {rotate.error?.message}
          </p>
          <div className="form-actions">
            <button type="button" className="button" onClick={close}>
              {t("app.cancel")}
            </button>
            <button
              type="button"
              className="button primary"
              disabled={rotate.isPending}
              onClick={() => rotate.mutate(source.id)}
            >
              {t("sources.rotate.confirm")}
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
