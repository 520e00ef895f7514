import { Button } from "@/components/Button";
import { Progress } from "@/components/Progress";
import { useText } from "@/i18n/text";
import type { Mailbox } from "@/lib/shapes";

import { useCheckMailbox, usePauseMailbox } from "../api/mailboxes";
import { says } from "../says";
import { Folders } from "./Folders";
import { Troubled } from "./Troubled";

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

/** One mailbox: how far it is, how long it takes, and what is in the way. */
export function MailboxCard({ mailbox }: { mailbox: Mailbox }) {
  const { t, number, time, duration } = useText();
  const check = useCheckMailbox();
  const pause = usePauseMailbox();
  const { id, name, host, username, enabled, state, trouble, words, folders } = mailbox;
  const there = sum(folders.map((one) => one.on_server));
  const missing = sum(folders.map((one) => one.missing));
  const troubled = sum(folders.map((one) => one.troubled));
  const left = Math.max(0, ...folders.map((one) => one.seconds_left ?? 0));
  return (
    <article className="card mailbox" data-mailbox={id} aria-label={name}>
      <header className="mailbox-head">
        <div className="grow">
          <h2>{name}</h2>
          <p className="muted label break">
            {username} · {host}
          </p>
        </div>
        {!enabled && <span className="badge warn">{t("mailboxes.paused")}</span>}
        {enabled && trouble !== null && <span className="badge bad">{t("mailboxes.waits")}</span>}
        {enabled && trouble === null && state === "following" && (
          <span className={missing > 0 ? "badge" : "badge good"}>
            {t(missing > 0 ? "mailboxes.reading" : "mailboxes.whole")}
          </span>
        )}
      </header>
      {enabled && trouble !== null && (
        <p className="mailbox-trouble" role="status">
          {t(says(trouble))} {t("mailboxes.again", { time: time(mailbox.next_at) })}
          {words !== null && <q className="break">{words}</q>}
        </p>
      )}
      {missing > 0 && (
        <div className="mailbox-progress">
          <Progress label={t("mailboxes.progress", { name })} done={(there - missing) / Math.max(1, there)} />
          <p className="muted">
            {t("mailboxes.left", { count: missing })}
            {left > 0 && ` · ${t("mailboxes.done", { time: duration(left) })}`}
          </p>
        </div>
      )}
      {missing === 0 && folders.length > 0 && (
        <p className="muted">
          {t("mailboxes.here", { known: number(sum(folders.map((one) => one.known))), there: number(there) })}
        </p>
      )}
      {folders.length > 0 && <Folders folders={folders} />}
      {troubled > 0 && <Troubled id={id} count={troubled} />}
      <footer className="mailbox-foot">
        <Button
          disabled={!enabled || mailbox.check_asked || check.isPending}
          onClick={() => check.mutate(id)}
        >
          {t(mailbox.check_asked ? "mailboxes.checking" : "mailboxes.check")}
        </Button>
        <Button onClick={() => pause.mutate({ id, enabled: !enabled })}>
          {t(enabled ? "mailboxes.pause" : "mailboxes.resume")}
        </Button>
      </footer>
    </article>
  );
}
