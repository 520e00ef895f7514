import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/i18n/areas";

/** Where post comes from and how it goes: screens for those who keep a Posthus, fetched when one goes there. */
export const SourcesScreen = lazyRouteComponent(
  () => withTexts(() => import("@/features/sources/components/SourcesScreen"), "sources", "providers"),
  "SourcesScreen",
);
export const MailboxesScreen = lazyRouteComponent(
  () => withTexts(() => import("@/features/mailboxes/components/MailboxesScreen"), "mailboxes"),
  "MailboxesScreen",
);
export const ImportScreen = lazyRouteComponent(
  () => withTexts(() => import("@/features/imports/components/ImportScreen"), "imports"),
  "ImportScreen",
);
export const OperationsScreen = lazyRouteComponent(
  () => withTexts(() => import("@/features/operations/components/OperationsScreen"), "operations"),
  "OperationsScreen",
);
