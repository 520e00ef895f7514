import { CircleAlert } from "lucide-react";

import { useText } from "@/i18n/text";
import { Problem as ServerProblem } from "@/lib/problem";

/** What went wrong, in the server's own words, and a way to try again. */
export function Problem({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const { t } = useText();
  const known = error instanceof ServerProblem;
  return (
    <div className="state" role="alert">
      <CircleAlert aria-hidden className="state-icon" />
      <h2>{known ? error.title : t("error.title")}</h2>
      <p>{known ? error.message : error instanceof TypeError ? t("error.offline") : t("error.unknown")}</p>
      {retry && (
        <button type="button" className="button" onClick={() => void retry()}>
          {t("app.retry")}
        </button>
      )}
    </div>
  );
}
