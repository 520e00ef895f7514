import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Dialog } from "@/components/Dialog";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { BuriedDetail } from "@/lib/shapes";

import { buriedItemOptions, useDecide } from "../api/operations";

/** One buried item: why, what it carries, and what to do about it. */
export function BuriedItem({ id, close }: { id: number; close: () => void }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery({ ...buriedItemOptions(id), refetchOnMount: "always" });
  const [edited, edit] = useState<string | null>(null);
  return (
    <Dialog title={t("operations.buried.title", { id })} close={close} wide>
      {error && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton />}
      {data && (
        <div className="form">
          <p className="hint break">{data.error}</p>
          <Attempts history={data.history} />
          {Object.keys(data.headers).length > 0 && (
            <details>
              <summary className="label">{t("operations.buried.headers")}</summary>
              <dl className="facts">
                {Object.entries(data.headers).map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </details>
          )}
          <label>
            {t("operations.buried.payload")}
            <textarea
              rows={12}
              spellCheck={false}
              readOnly={data.payload_cut}
              value={edited ?? data.payload}
              onChange={({ target }) => edit(target.value)}
            />
          </label>
          {data.payload_cut && <p className="muted label">{t("operations.buried.cut")}</p>}
          <Decide
            id={id}
            payload={edited !== null && edited !== data.payload ? edited : null}
            close={close}
          />
        </div>
      )}
    </Dialog>
  );
}

/** Every attempt with its error: what changed from one to the next often says why. */
function Attempts({ history }: Pick<BuriedDetail, "history">) {
  const { t, time } = useText();
  if (history.length === 0) return null;
  return (
    <details>
      <summary className="label">{t("operations.buried.attempts", { count: history.length })}</summary>
      <ol className="attempts">
        {history.map(({ at, attempt, error }) => (
          <li key={at}>
            <span className="muted">
              {t("operations.buried.attempt", { attempt })} · <time dateTime={at}>{time(at)}</time>
            </span>
            <span className="break">{error}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Decide({ id, payload, close }: { id: number; payload: string | null; close: () => void }) {
  const { t } = useText();
  const { say } = useNotices();
  const decide = useDecide(id);
  const [dropping, askDrop] = useState(false);
  const done = (text: string) => ({
    onSuccess: () => {
      say(text);
      close();
    },
  });
  const replay = () =>
    decide.mutate(
      payload === null ? { what: "replay" } : { what: "edit", payload },
      done(t("operations.buried.replayed")),
    );
  return (
    <div className="form-actions">
      {dropping ? (
        <>
          <span className="grow">{t("operations.buried.dropSure")}</span>
          <button type="button" className="button" onClick={() => askDrop(false)}>
            {t("app.cancel")}
          </button>
          <button
            type="button"
            className="button danger"
            disabled={decide.isPending}
            onClick={() => decide.mutate({ what: "drop" }, done(t("operations.buried.dropped")))}
          >
            {t("operations.buried.drop")}
          </button>
        </>
      ) : (
        <>
          <button type="button" className="button danger" onClick={() => askDrop(true)}>
            {t("operations.buried.drop")}
          </button>
          <button type="button" className="button primary" disabled={decide.isPending} onClick={replay}>
            {t(payload === null ? "operations.buried.replay" : "operations.buried.replayEdited")}
          </button>
        </>
      )}
    </div>
  );
}
