import { useNavigate } from "@tanstack/react-router";
import {
  Activity,
  AtSign,
  Building2,
  Columns3,
  FileUp,
  Inbox,
  Keyboard,
  Languages,
  LogOut,
  Mailbox,
  type LucideIcon,
  Plug,
  Search,
  Settings,
  UsersRound,
} from "lucide-react";

import { useText } from "@/i18n/text";
import { keysOf } from "@/lib/shortcuts";

import type { Opened } from "../shell/Root";
import { useSettings } from "../shell/useSettings";

export interface Command {
  id: string;
  label: string;
  Icon: LucideIcon;
  keys?: string;
  detail?: string;
  run: () => void;
}

/** Commands whose words begin with what was typed. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ label }) => {
    const parts = label.toLocaleLowerCase().split(/\s+/);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  });
}

export function useCommands(open: (what: Opened) => void): Command[] {
  const { t } = useText();
  const navigate = useNavigate();
  const { language, theme, signOut } = useSettings();
  return [
    {
      id: "inbox",
      label: t("app.inbox"),
      Icon: Inbox,
      keys: keysOf("goInbox"),
      run: () => void navigate({ to: "/inbox" }),
    },
    {
      id: "find",
      label: t("app.search"),
      Icon: Search,
      keys: keysOf("search"),
      run: () => void navigate({ to: "/search" }),
    },
    {
      id: "board",
      label: t("app.board"),
      Icon: Columns3,
      keys: keysOf("goBoard"),
      run: () => void navigate({ to: "/board" }),
    },
    {
      id: "contacts",
      label: t("people.contacts"),
      Icon: UsersRound,
      keys: keysOf("goContacts"),
      run: () => void navigate({ to: "/contacts" }),
    },
    {
      id: "companies",
      label: t("people.companies"),
      Icon: Building2,
      run: () => void navigate({ to: "/companies" }),
    },
    { id: "mentions", label: t("app.mentions"), Icon: AtSign, run: () => void navigate({ to: "/mentions" }) },
    {
      id: "settings",
      label: t("app.settings"),
      Icon: Settings,
      keys: keysOf("goSettings"),
      run: () => void navigate({ to: "/settings" }),
    },
    {
      id: "sources",
      label: t("app.sources"),
      Icon: Plug,
      keys: keysOf("goSources"),
      run: () => void navigate({ to: "/sources" }),
    },
    {
      id: "mailboxes",
      label: t("mailboxes.title"),
      Icon: Mailbox,
      run: () => void navigate({ to: "/mailboxes" }),
    },
    { id: "import", label: t("app.import"), Icon: FileUp, run: () => void navigate({ to: "/import" }) },
    {
      id: "operations",
      label: t("app.operations"),
      Icon: Activity,
      keys: keysOf("goOperations"),
      run: () => void navigate({ to: "/operations" }),
    },
    { id: "help", label: t("app.help"), Icon: Keyboard, keys: keysOf("help"), run: () => open("help") },
    { id: "language", label: language.label, Icon: Languages, run: language.change },
    { id: "theme", label: theme.label, Icon: theme.Icon, run: theme.change },
    { id: "signOut", label: signOut.label, Icon: LogOut, run: signOut.change },
  ];
}
