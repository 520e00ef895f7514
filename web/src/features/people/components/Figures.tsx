import { useText } from "@/i18n/text";
import type { Figures as FiguresShape } from "@/lib/shapes";

/** Key figures in one line. */
export function Figures({ figures }: { figures: FiguresShape }) {
  const { t, number, day } = useText();
  const { conversations, open_conversations: open, messages } = figures;
  const { first_message_at: first, last_message_at: last } = figures;
  const shown = [
    [t("people.figure.conversations"), number(conversations)],
    [t("people.figure.open"), number(open)],
    [t("people.figure.messages"), number(messages)],
    [t("people.figure.first"), first === null ? "–" : day(first)],
    [t("people.figure.last"), last === null ? "–" : day(last)],
  ];
  return (
    <dl className="figures card">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
