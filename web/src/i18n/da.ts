import { settings } from "./da/settings";
import { board } from "./da/board";
import { actions } from "./da/actions";
import { conversation } from "./da/conversation";
import { help } from "./da/help";
import { inbox } from "./da/inbox";
import { mailboxes } from "./da/mailboxes";
import { operations } from "./da/operations";
import { people } from "./da/people";
import { providers } from "./da/providers";
import { search } from "./da/search";
import { shell } from "./da/shell";
import { sources } from "./da/sources";
import type { en } from "./en";

/** Dansk: de samme nøgler som på engelsk. */
export const da: Record<keyof typeof en, string> = {
  ...shell,
  ...actions,
  ...inbox,
  ...conversation,
  ...board,
  ...settings,
  ...people,
  ...search,
  ...sources,
  ...providers,
  ...mailboxes,
  ...operations,
  ...help,
};
