import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { useText } from "@/i18n/text";
import { cutter, withLinks } from "@/lib/characters";
import type { Message } from "@/lib/shapes";

/** The text of a message: what is new stands open, quotes and the signature are folded. */
export function MessageText({ message, unfolded }: { message: Message; unfolded: boolean }) {
  const { t } = useText();
  const cut = cutter(message.text);
  const spans =
    message.spans.length > 0 ? message.spans : [{ kind: "new" as const, start: 0, end: message.text.length }];
  if (message.text.trim() === "") return <p className="muted">{t("conversation.empty")}</p>;
  return (
    <div className="message-text">
      {spans.map(({ kind, start, end }) => {
        const text = cut(start, end).replace(/^\n+|\s+$/g, "");
        if (text === "") return null;
        return kind === "new" ? (
          <Lines key={start} text={text} />
        ) : (
          <Fold key={start} kind={kind} text={text} open={unfolded} />
        );
      })}
    </div>
  );
}

function Fold({ kind, text, open }: { kind: "quote" | "signature"; text: string; open: boolean }) {
  const { t } = useText();
  const [shown, setShown] = useState(open);
  const label =
    kind === "quote"
      ? t("conversation.quote", { count: text.split("\n").length })
      : t("conversation.signature");
  return (
    <div className="fold" data-kind={kind}>
      <button type="button" className="link" aria-expanded={shown} onClick={() => setShown(!shown)}>
        <ChevronRight aria-hidden className="icon small" />
        {label}
      </button>
      {shown && <Lines text={text} />}
    </div>
  );
}

function Lines({ text }: { text: string }) {
  return (
    <p className="lines">
      {withLinks(text).map(({ text: part, href }, place) =>
        href === null ? (
          part
        ) : (
          <a key={place} href={href} target="_blank" rel="noreferrer noopener">
            {part}
          </a>
        ),
      )}
    </p>
  );
}
