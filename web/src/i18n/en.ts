import { start } from "./en/start";
import { views } from "./en/views";
import { emptyInbox } from "./en/emptyInbox";
import { session } from "./en/session";
import { mentions } from "./en/mentions";
import { settings } from "./en/settings";
import { board } from "./en/board";
import { conversation } from "./en/conversation";
import { help } from "./en/help";
import { imports } from "./en/imports";
import { mailboxes } from "./en/mailboxes";
import { operations } from "./en/operations";
import { people } from "./en/people";
import { providers } from "./en/providers";
import { search } from "./en/search";
import { sources } from "./en/sources";

/** English. A key ending in `.one`/`.other` is chosen by `count`; `{name}` is filled in. */
export const en = {
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
} as const;
