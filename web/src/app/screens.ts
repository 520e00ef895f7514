import { withTexts } from "@/i18n/areas";

import { screen } from "./screen";

/** Where post comes from and how it goes: screens for those who keep a Posthus, fetched when one goes there. */
export const SourcesScreen = screen(
  () => withTexts(() => import("@/features/sources/components/SourcesScreen"), "sources", "providers"),
  "SourcesScreen",
);
export const MailboxesScreen = screen(
  () => withTexts(() => import("@/features/mailboxes/components/MailboxesScreen"), "mailboxes"),
  "MailboxesScreen",
);
export const ImportScreen = screen(
  () => withTexts(() => import("@/features/imports/components/ImportScreen"), "imports"),
  "ImportScreen",
);
export const OperationsScreen = screen(
  () => withTexts(() => import("@/features/operations/components/OperationsScreen"), "operations"),
  "OperationsScreen",
);
