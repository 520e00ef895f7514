import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Button } from "@/components/Button";
import { later } from "@/components/later";
import { Progress } from "@/components/Progress";
import { useText } from "@/i18n/text";
import type { MailImport } from "@/lib/shapes";

import { QUIET, standingOf } from "../standing";
import type { Sending } from "../upload/outbox";
import { Counts } from "./Counts";
import { Resume } from "./Resume";

const Cancel = later(() => import("./Cancel").then((file) => file.Cancel));

interface Given {
  one: MailImport;
  /** Where this window sends it. */
  sending: Sending | undefined;
  keeps: boolean;
}

/** One import: how far it is, what came of it, and what can be done. */
export function ImportCard({ one, sending, keeps }: Given) {
  const text = useText();
  const { t, bytes, time } = text;
  const at = one.finished_at ?? one.created_at;
  const now = useNow(one.state === "uploading" && !sending);
  const [cancelling, setCancelling] = useState(false);
  const { badge, look, line, share, resumes } = standingOf(one, sending, now, text);
  const over = one.state === "done" || one.state === "failed" || one.state === "cancelled";
  return (
    <article className="card import" data-import={one.id} data-state={badge} aria-label={one.name}>
      <header className="import-head">
        <div className="grow">
          <h3 className="break">{one.name}</h3>
          <p className="muted label">
            {one.source} · {bytes(one.size)} · {t(`imports.way.${one.way}`)} ·{" "}
            <time dateTime={at}>{time(at)}</time>
          </p>
        </div>
        <span className={`badge ${look}`}>{t(`imports.badge.${badge}`)}</span>
      </header>
      {share !== null && <Progress label={t("imports.progress", { name: one.name })} done={share} />}
      {line !== "" && <p className={look === "bad" ? "field-error" : "muted"}>{line}</p>}
      {(one.read > 0 || one.state === "done") && <Counts one={one} />}
      <footer className="import-foot">
        {keeps && resumes && <Resume one={one} />}
        {keeps && !over && <Button onClick={() => setCancelling(true)}>{t("imports.cancel")}</Button>}
        {one.read > 0 && (
          <Link className="button" to="/inbox" search={{ view: "all", source: one.source_id }}>
            {t("imports.show")}
          </Link>
        )}
      </footer>
      {cancelling && <Cancel one={one} close={() => setCancelling(false)} />}
    </article>
  );
}

/** The time, looked at again now and then while it matters: who has fallen silent is not told by anybody. */
function useNow(matters: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!matters) return;
    const look = () => setNow(Date.now());
    look();
    const timer = setInterval(look, QUIET / 3);
    return () => clearInterval(timer);
  }, [matters]);
  return now;
}
