import { useText } from "@/i18n/text";
import type { Message } from "@/lib/shapes";

const LOOKS = { proved: "good", forwarded: "", contradicted: "bad", unproved: "", unknown: "" } as const;

/** Whether the mail is from whom it says, and what was found. */
export function SenderCheck({ check }: { check: NonNullable<Message["sender_check"]> }) {
  const { t } = useText();
  const { verdict, from_domain: domain, dkim } = check;
  const signatures = dkim.map((one) => `${one.result} (${one.domain})`).join(", ");
  const found = [
    ["SPF", check.spf_domain ? `${check.spf} (${check.spf_domain})` : check.spf],
    ["DKIM", signatures || "none"],
    ["DMARC", check.policy ? `${check.dmarc} (${check.policy})` : check.dmarc],
    ["ARC", check.arc],
  ];
  return (
    <details className="sender-check">
      <summary className={`badge ${LOOKS[verdict]}`}>{t(`sender.${verdict}`)}</summary>
      <p>{t(`sender.${verdict}.says`, { domain })}</p>
      <dl>
        {found.map(([name, result]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{result}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">{t("sender.by", { by: check.by })}</p>
    </details>
  );
}
