import { Activity, AtSign, Columns3, FileUp, Inbox, Plug, Search, Settings, UsersRound } from "lucide-react";

/** Where one goes all day. */
export const PLACES = [
  { to: "/inbox", key: "app.inbox", Icon: Inbox },
  { to: "/board", key: "app.board", Icon: Columns3 },
  { to: "/contacts", key: "people.contacts", Icon: UsersRound },
  { to: "/search", key: "app.search", Icon: Search },
] as const;

/** Where one goes now and then: on a phone behind "more". */
export const FURTHER = [
  { to: "/sources", key: "app.sources", Icon: Plug },
  { to: "/import", key: "app.import", Icon: FileUp },
  { to: "/operations", key: "app.operations", Icon: Activity },
  { to: "/mentions", key: "app.mentions", Icon: AtSign },
  { to: "/settings", key: "app.settings", Icon: Settings },
] as const;
