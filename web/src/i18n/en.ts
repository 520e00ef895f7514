import { settings } from "./en/settings";
import { board } from "./en/board";
import { actions } from "./en/actions";
import { conversation } from "./en/conversation";
import { help } from "./en/help";
import { inbox } from "./en/inbox";
import { mailboxes } from "./en/mailboxes";
import { operations } from "./en/operations";
import { people } from "./en/people";
import { providers } from "./en/providers";
import { search } from "./en/search";
import { shell } from "./en/shell";
import { sources } from "./en/sources";

/** English. A key ending in `.one`/`.other` is chosen by `count`; `{name}` is filled in. */
export const en = {
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
} as const;
