import { useText } from "@/i18n/text";

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
