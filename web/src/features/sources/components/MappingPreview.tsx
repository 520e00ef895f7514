import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import type { Preview, PreviewMessage } from "@/lib/shapes";

const SHOWN = ["from_name", "from_address", "from_phone", "company", "conversation_key"] as const;

const DEFECTS = ["no_text", "not_json", "unreadable_time", "too_many_fields"] as const;
const isKnown = (defect: string): defect is (typeof DEFECTS)[number] => DEFECTS.some((one) => one === defect);

/** The newest event, and what the mapping beside it makes of it. */
export function MappingPreview({ preview }: { preview: Preview | undefined }) {
  const { t } = useText();
  if (!preview) return <Skeleton />;
  if (preview.event_id === null) return <p className="muted">{t("sources.preview.none")}</p>;
  return (
    <section className="stack mapping-preview" aria-label={t("sources.preview")} aria-live="polite">
      <h3>{t("sources.preview")}</h3>
      {preview.messages.map((message, place) => (
        <Shown key={`${place} ${message.conversation_key}`} message={message} />
      ))}
      <details>
        <summary>{t("sources.preview.payload")}</summary>
        {/* A long body scrolls, so the keyboard must reach it. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className="delivery" tabIndex={0} aria-label={t("sources.preview.payload")}>
          {pretty(preview.payload)}
          {preview.payload_cut && "…"}
        </pre>
      </details>
    </section>
  );
}

function Shown({ message }: { message: PreviewMessage }) {
  const { t, time } = useText();
  return (
    <article className="card preview-message">
      <strong>{message.subject || t("sources.preview.noSubject")}</strong>
      <p className="preview-text">{message.text}</p>
      <dl className="preview-fields label">
        {SHOWN.filter((name) => message[name] !== "").map((name) => (
          <div key={name}>
            <dt className="muted">{t(`sources.preview.${name}`)}</dt>
            <dd>{message[name]}</dd>
          </div>
        ))}
        {message.sent_at !== null && (
          <div>
            <dt className="muted">{t("sources.mapping.sent_at")}</dt>
            <dd>{time(message.sent_at)}</dd>
          </div>
        )}
      </dl>
      {message.defects.map((defect) => (
        <p key={defect} className="hint">
          {isKnown(defect) ? t(`sources.preview.defect.${defect}`) : defect}
        </p>
      ))}
    </article>
  );
}

/** JSON with its lines broken; anything else as it came. */
function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
