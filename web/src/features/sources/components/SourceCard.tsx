import { useText } from "@/i18n/text";
import { useNotices } from "@/components/notices";
import type { Source } from "@/lib/shapes";

import { useChangeSource, useSendTest } from "../api/changes";
import { useRefusedLately } from "../reasons";
import type { Asked } from "./SourcesScreen";

const STEPS = ["received", "stored", "filed", "indexed"] as const;

/** A source and the proof: each step counts as many as the one before, or says what is on its way. */
export function SourceCard({ source, ask }: { source: Source; ask: (asked: Asked) => void }) {
  const { t, age, number, time } = useText();
  const refusedLately = useRefusedLately();
  const {
    name,
    kind,
    enabled,
    buried,
    last_event_at: last,
    kept_aside: aside,
    former_until: former,
    refused,
  } = source;
  return (
    <article className="card source" data-source={source.id} aria-label={name}>
      <header className="source-head">
        <div className="grow">
          <h2>{name}</h2>
          <p className="muted label">
            {t(`sources.kind.${kind}`)} ·{" "}
            {last === null
              ? t(refused > 0 ? "sources.noneAccepted" : "sources.noEvent")
              : t("sources.lastEvent", { age: age(last) })}
            {(source.url ?? source.address) !== null && (
              <span className="source-where break">{source.url ?? source.address}</span>
            )}
          </p>
        </div>
        {refused > 0 && (
          <button type="button" className="badge warn" onClick={() => ask({ what: "activity", source })}>
            {refusedLately(source)}
          </button>
        )}
        {!enabled && <span className="badge warn">{t("sources.disabled")}</span>}
        {aside > 0 && (
          <button type="button" className="badge warn" onClick={() => ask({ what: "quarantine", source })}>
            {t("sources.aside", { count: aside })}
          </button>
        )}
        {former && <span className="badge">{t("sources.former.badge", { date: time(former) })}</span>}
        {buried > 0 && <span className="badge bad">{t("sources.buried", { count: buried })}</span>}
        <CompleteMark source={source} />
      </header>
      <dl className="chain">
        {STEPS.map((step) => (
          <div key={step} data-whole={isWhole(source, step)}>
            <dt>{t(`sources.${step}`)}</dt>
            <dd>{number(source[step])}</dd>
          </div>
        ))}
      </dl>
      {kind !== "import" && <Actions source={source} ask={ask} />}
    </article>
  );
}

/** What is not at a step yet, buried items apart: those are told by themselves. */
function missing(source: Source, step: (typeof STEPS)[number]): number {
  const { received, stored, filed, indexed, buried, messages } = source;
  const short = {
    received: 0,
    stored: received - stored,
    filed: stored - filed - buried,
    indexed: messages - indexed,
  };
  return Math.max(0, short[step]);
}

function isWhole(source: Source, step: (typeof STEPS)[number]): boolean {
  return source.complete || missing(source, step) === 0;
}

function CompleteMark({ source }: { source: Source }) {
  const { t } = useText();
  if (source.complete) return <span className="badge good">{t("sources.complete")}</span>;
  const count = Math.max(...STEPS.map((step) => missing(source, step)));
  return <span className="badge warn">{t("sources.gap", { count })}</span>;
}

function Actions({ source, ask }: { source: Source; ask: (asked: Asked) => void }) {
  const { t } = useText();
  const { say } = useNotices();
  const change = useChangeSource();
  const test = useSendTest();
  const { id, name, enabled, kind, provider } = source;
  return (
    <footer className="source-foot">
      <button
        type="button"
        className="button"
        disabled={!enabled || test.isPending}
        onClick={() => test.mutate(id, { onSuccess: () => say(t("sources.test.sent", { name })) })}
      >
        {t("sources.test")}
      </button>
      <button type="button" className="button" onClick={() => ask({ what: "activity", source })}>
        {t("sources.details")}
      </button>
      {kind === "webhook" && provider !== "wotnot" && (
        <button type="button" className="button" onClick={() => ask({ what: "mapping", source })}>
          {t("sources.mapping")}
        </button>
      )}
      {kind === "webhook" && (
        <button type="button" className="button" onClick={() => ask({ what: "rotate", source })}>
          {t("sources.rotate")}
        </button>
      )}
      <button type="button" className="button" onClick={() => change.mutate({ id, enabled: !enabled })}>
        {t(enabled ? "sources.disable" : "sources.enable")}
      </button>
    </footer>
  );
}
