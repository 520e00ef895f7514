import { useCallback } from "react";

import { useText } from "@/i18n/text";

import { useNotices } from "./notices";

/** Says that the server refused, and why. */
export function useRefused(): (error: unknown) => void {
  const { t } = useText();
  const { complain } = useNotices();
  return useCallback(
    (error) => complain(t("action.refused", { detail: error instanceof Error ? error.message : "" })),
    [complain, t],
  );
}
