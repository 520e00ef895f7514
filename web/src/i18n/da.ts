import { start } from "./da/start";
import { views } from "./da/views";
import { emptyInbox } from "./da/emptyInbox";
import { session } from "./da/session";
import { mentions } from "./da/mentions";
import { settings } from "./da/settings";
import { board } from "./da/board";
import { conversation } from "./da/conversation";
import { help } from "./da/help";
import { imports } from "./da/imports";
import { mailboxes } from "./da/mailboxes";
import { operations } from "./da/operations";
import { people } from "./da/people";
import { providers } from "./da/providers";
import { search } from "./da/search";
import { sources } from "./da/sources";
import type { en } from "./en";

/** Dansk: de samme nøgler som på engelsk. */
export const da: Record<keyof typeof en, string> = {
  ...start,
  ...views,
  ...emptyInbox,
  ...session,
  ...mentions,
  ...conversation,
  ...board,
  ...settings,
  ...people,
  ...search,
  ...sources,
  ...providers,
  ...imports,
  ...mailboxes,
  ...operations,
  ...help,
};
