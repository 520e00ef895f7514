import { Link } from "@tanstack/react-router";
import {
  AlarmClock,
  ArrowLeft,
  CheckCheck,
  ChevronsRight,
  MailOpen,
  MailX,
  PanelRight,
  RotateCcw,
  Scale,
} from "lucide-react";

import { ActionMenus, type OpenMenu } from "@/components/ActionMenus";
import { Avatar } from "@/components/Avatar";
import { Button, IconButton } from "@/components/Button";
import { ChannelIcon } from "@/components/ChannelIcon";
import { Tag } from "@/components/Tag";
import { type Actions, targetOf } from "@/components/useActions";
import { useText } from "@/i18n/text";
import type { Conversation } from "@/lib/shapes";

import { MoreMenu } from "./MoreMenu";

interface Given {
  conversation: Conversation;
  actions: Actions;
  goBack: () => void;
  closeNext: (() => void) | undefined;
  menu: OpenMenu;
  setMenu: (menu: OpenMenu) => void;
  /** Where there is no room beside it, the panel about the people opens over it. */
  about: boolean;
  setAbout: (open: boolean) => void;
}

/** Subject, who, and what to do. */
export function ConversationHead(given: Given) {
  const { t } = useText();
  const { conversation, goBack } = given;
  return (
    <header className="conversation-head">
      <IconButton
        icon={ArrowLeft}
        label={t("conversation.back")}
        keys="Escape"
        onClick={goBack}
        className="tip-start"
      />
      <div className="conversation-title">
        <h1 title={conversation.subject}>{conversation.subject || t("inbox.noSubject")}</h1>
        <About conversation={conversation} />
      </div>
      <Buttons {...given} />
    </header>
  );
}

function About({ conversation }: { conversation: Conversation }) {
  const { t, time } = useText();
  const { contact, company, status, assignee, tags, snoozed_until: snoozed, held } = conversation;
  return (
    <p className="muted">
      <ChannelIcon channel={conversation.channel} />
      <span className="badge" data-status={status}>
        {t(`conversation.status.${status}`)}
      </span>
      {snoozed !== null && (
        <span className="badge warn">
          <AlarmClock aria-hidden className="icon tiny" />
          {t("conversation.snoozed", { until: time(snoozed) })}
        </span>
      )}
      {held && (
        <span className="badge">
          <Scale aria-hidden className="icon tiny" />
          {t("conversation.held")}
        </span>
      )}
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
      {assignee && (
        <span className="assignee">
          <Avatar name={assignee.name} />
          {assignee.name}
        </span>
      )}
      {tags.map(({ id, name, color }) => (
        <Tag key={id} name={name} colour={color} />
      ))}
    </p>
  );
}

function Buttons({ conversation, actions, closeNext, menu, setMenu, about, setAbout }: Given) {
  const { t } = useText();
  const target = targetOf(conversation);
  const open = conversation.status === "open";
  return (
    <div className="actions">
      <ActionMenus {...{ target, actions, open: menu, setOpen: setMenu }} row={conversation} />
      <IconButton
        icon={conversation.unread ? MailOpen : MailX}
        label={t(conversation.unread ? "conversation.markRead" : "conversation.markUnread")}
        keys="u"
        onClick={() => actions.unread(target, !conversation.unread)}
      />
      <IconButton
        icon={PanelRight}
        className="about-button"
        label={t("conversation.details")}
        pressed={about}
        aria-controls="about"
        onClick={() => setAbout(!about)}
      />
      <MoreMenu conversation={conversation} actions={actions} />
      {closeNext && open && (
        <IconButton
          icon={ChevronsRight}
          label={t("conversation.closeNext")}
          keys="Shift+E"
          onClick={closeNext}
        />
      )}
      <Button
        kind="primary"
        icon={open ? CheckCheck : RotateCcw}
        keys="e"
        onClick={() => actions.close(target, open)}
      >
        {t(open ? "conversation.close" : "conversation.reopen")}
      </Button>
    </div>
  );
}
