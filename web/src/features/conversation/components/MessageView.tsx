import { useRouterState } from "@tanstack/react-router";
import { memo, useState } from "react";

import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import type { Message } from "@/lib/shapes";

import { Attachments } from "./Attachments";
import { FormAnswers } from "./FormAnswers";
import { MessageText } from "./MessageText";
import { OriginalLayout } from "./OriginalLayout";
import { SenderCheck } from "./SenderCheck";
import { SplitMenu } from "./SplitMenu";

interface Given {
  message: Message;
  unfolded: boolean;
  aimed: boolean;
  /** This message and those after it. */
  later: readonly string[];
  /** It is the only one: there is nothing to split off. */
  alone: boolean;
}

/** One message: a letter, a chat line or a form's answers. */
export const MessageView = memo(function MessageView({ message, unfolded, aimed, later, alone }: Given) {
  const { t, time, list } = useText();
  const [layout, setLayout] = useState(false);
  const opened = useRouterState({ select: ({ location }) => location.pathname });
  const { id, channel, direction, sender, to, cc, sent_at: sentAt } = message;
  const names = (people: typeof to) => list(people.map(({ name, address }) => name || address));
  return (
    <li
      className="message"
      data-message={id}
      data-channel={channel}
      data-direction={direction}
      data-aimed={aimed}
      tabIndex={-1}
    >
      <header className="message-head">
        <strong>{sender.name || sender.address}</strong>
        {direction === "out" && <span className="badge">{t("conversation.us")}</span>}
        {channel === "email" && to.length > 0 && (
          <span className="muted cut grow" title={[...to, ...cc].map(({ address }) => address).join(", ")}>
            {t("conversation.to", { names: names(to) })}
            {cc.length > 0 && `, ${t("conversation.cc", { names: names(cc) })}`}
          </span>
        )}
        <a className="age" href={addressOf(`${opened}#m=${id}`)}>
          <time dateTime={sentAt}>{time(sentAt)}</time>
        </a>
      </header>
      {message.sender_check && <SenderCheck check={message.sender_check} />}
      {layout ? (
        <OriginalLayout message={message} />
      ) : channel === "form" ? (
        <FormAnswers text={message.text} />
      ) : (
        <MessageText key={String(unfolded)} message={message} unfolded={unfolded} />
      )}
      <Attachments attachments={message.attachments} />
      {channel !== "chat" && (
        <Foot message={message} layout={layout} showLayout={setLayout} {...(!alone && { later })} />
      )}
    </li>
  );
});

interface FootGiven {
  message: Message;
  layout: boolean;
  showLayout: (shown: boolean) => void;
  later?: readonly string[];
}

function Foot({ message, layout, showLayout, later }: FootGiven) {
  const { t } = useText();
  return (
    <footer className="message-foot">
      {message.has_html && (
        <button type="button" className="link" aria-pressed={layout} onClick={() => showLayout(!layout)}>
          {t(layout ? "conversation.text" : "conversation.html")}
        </button>
      )}
      <a
        className="link"
        href={addressOf(`/api/v1/messages/${message.id}/raw?as=text`)}
        target="_blank"
        rel="noreferrer"
      >
        {t("conversation.raw")}
      </a>
      <a className="link" href={addressOf(`/api/v1/messages/${message.id}/raw`)} download>
        {t("conversation.raw.download")}
      </a>
      {message.automatic && <span className="badge">{t("conversation.automatic")}</span>}
      {message.bulk && <span className="badge">{t("conversation.bulk")}</span>}
      {message.defects.length > 0 && (
        <span className="muted" title={message.defects.join("\n")}>
          {t("conversation.defects", { count: message.defects.length })}
        </span>
      )}
      {later && <SplitMenu message={message} later={later} />}
    </footer>
  );
}
