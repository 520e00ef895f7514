import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";

import { NoticeProvider } from "@/components/notices";
import { useText } from "@/i18n/text";

import { queryClient } from "./queryClient";
import { router } from "./router";

export function Providers() {
  const { t } = useText();
  return (
    <QueryClientProvider client={queryClient}>
      <NoticeProvider undoText={t("app.undo")}>
        <RouterProvider router={router} />
      </NoticeProvider>
    </QueryClientProvider>
  );
}
