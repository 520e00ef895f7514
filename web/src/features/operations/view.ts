import { aDate, aNumber, aText, oneOf } from "@/lib/address";

export const STAGES = ["file", "link", "embed"] as const;

/** Which buried items are shown, as the address has it. */
export interface OperationsView {
  stage?: (typeof STAGES)[number];
  source?: number;
  error?: string;
  since?: string;
}

export function readOperationsView(search: Record<string, unknown>): OperationsView {
  return {
    ...oneOf(search, "stage", STAGES),
    ...aNumber(search, "source"),
    ...aText(search, "error"),
    ...aDate(search, "since"),
  };
}

/** What to set, and with undefined what to take away. */
export type Changes = { [Key in keyof OperationsView]: OperationsView[Key] | undefined };

/** The view with the changes; the address has no empty filters. */
export const changed = (view: OperationsView, changes: Changes): OperationsView =>
  Object.fromEntries(
    (Object.entries({ ...view, ...changes }) as [string, unknown][]).filter(
      ([, value]) => value !== undefined,
    ),
  );

/** The same as the server wants it. */
export const choiceOf = ({ stage, source, error, since }: OperationsView) => ({
  ...(stage !== undefined && { stage }),
  ...(source !== undefined && { source_id: source }),
  ...(error !== undefined && { error }),
  ...(since !== undefined && { since: `${since}T00:00:00Z` }),
});
