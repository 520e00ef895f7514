import { useText } from "@/i18n/text";
import type { Source } from "@/lib/shapes";

const REASONS = [
  "missing",
  "mismatch",
  "late",
  "malformed",
  "untrusted",
  "too_large",
  "empty",
  "too_many",
] as const;
type Reason = (typeof REASONS)[number];
const isKnown = (reason: string): reason is Reason => REASONS.some((known) => known === reason);

/** Why a delivery was refused, in the language on screen. */
export function useReason(): (reason: string) => string {
  const { t } = useText();
  return (reason) => (isKnown(reason) ? t(`sources.refused.${reason}`) : reason);
}

/** How many deliveries of a source were not accepted within a day, and why; undefined where there were none. */
export function useRefusedLately(): (source: Source) => string | undefined {
  const { t } = useText();
  const nameOf = useReason();
  return ({ refused, refused_for: reason }) =>
    refused > 0 ? t("sources.refusedLately", { count: refused, reason: nameOf(reason ?? "") }) : undefined;
}
