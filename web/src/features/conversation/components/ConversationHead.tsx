import { Link } from "@tanstack/react-router";
import {
  ArrowLeft,
  CheckCheck,
  MailOpen,
  MailX,
  RotateCcw,
  UserRoundCheck,
  UserRoundPlus,
} from "lucide-react";
import type { ReactNode } from "react";

import { ChannelIcon } from "@/components/ChannelIcon";
import { useText } from "@/i18n/text";
import type { Conversation } from "@/lib/shapes";

import { useConversationActions } from "../hooks/useConversationActions";

interface Given {
  conversation: Conversation;
  goBack: () => void;
}

/** Subject, who, and what to do. */
export function ConversationHead({ conversation, goBack }: Given) {
  const { t } = useText();
  const { contact, company, status, assignee } = conversation;
  return (
    <header className="conversation-head">
      <button type="button" className="icon-button" aria-label={t("conversation.back")} onClick={goBack}>
        <ArrowLeft aria-hidden className="icon" />
      </button>
      <div className="conversation-title">
        <h1>{conversation.subject || t("inbox.noSubject")}</h1>
        <p className="muted">
          <ChannelIcon channel={conversation.channel} />
          <span className="badge" data-status={status}>
            {t(`conversation.status.${status}`)}
          </span>
          {contact && (
            <Link to="/contacts/$contactId" params={{ contactId: contact.id }}>
              {contact.name || contact.address}
            </Link>
          )}
          {company && (
            <Link to="/companies/$companyId" params={{ companyId: company.id }}>
              {company.name}
            </Link>
          )}
          {assignee && <span>{t("conversation.assigned", { name: assignee.name })}</span>}
        </p>
      </div>
      <Actions conversation={conversation} />
    </header>
  );
}

function Actions({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const { mine, closeOrReopen, unreadOrRead, takeOrLeave } = useConversationActions(conversation);
  const open = conversation.status === "open";
  return (
    <div className="actions">
      <Action label={t(mine ? "conversation.leave" : "conversation.take")} keys="A" run={takeOrLeave}>
        {mine ? (
          <UserRoundCheck aria-hidden className="icon" />
        ) : (
          <UserRoundPlus aria-hidden className="icon" />
        )}
      </Action>
      <Action
        label={t(conversation.unread ? "conversation.markRead" : "conversation.markUnread")}
        keys="U"
        run={unreadOrRead}
      >
        {conversation.unread ? (
          <MailOpen aria-hidden className="icon" />
        ) : (
          <MailX aria-hidden className="icon" />
        )}
      </Action>
      <button type="button" className="button primary" title="E" onClick={closeOrReopen}>
        {open ? <CheckCheck aria-hidden className="icon" /> : <RotateCcw aria-hidden className="icon" />}
        {t(open ? "conversation.close" : "conversation.reopen")}
      </button>
    </div>
  );
}

interface ActionGiven {
  label: string;
  keys: string;
  run: () => unknown;
  children: ReactNode;
}

function Action({ label, keys, run, children }: ActionGiven) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={`${label} (${keys})`}
      onClick={() => void run()}
    >
      {children}
    </button>
  );
}
