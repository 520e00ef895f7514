import { aNumber, aText } from "@/lib/address";
import { allOf, type Condition, type Filter, readFilter } from "@/lib/filter";
import type { Listed } from "@/lib/queries/conversations";

export const BUILT_IN = ["inbox", "mine", "unassigned", "unread", "snoozed", "closed", "all"] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

/** The inbox as its address has it; an absent view is what is open. */
export interface InboxView {
  /** A built-in view's name, or the number of a saved one. */
  view?: string;
  /** Conditions on top of the view, not (yet) saved. */
  filter?: Filter;
  source?: number;
  company?: number;
  contact?: number;
}

export function readInboxView(search: Record<string, unknown>): InboxView {
  const filter = readFilter(search.filter);
  return {
    ...aText(search, "view"),
    ...(filter && { filter }),
    ...aNumber(search, "source"),
    ...aNumber(search, "company"),
    ...aNumber(search, "contact"),
  };
}

export const builtIn = (view: string): BuiltIn | undefined => BUILT_IN.find((name) => name === view);

export function listOf({ view = "inbox", filter, source, company, contact }: InboxView): Listed {
  const named: Condition[] = Object.entries({ source, company, contact }).flatMap(([field, is]) =>
    is === undefined ? [] : [{ field: field as "source" | "company" | "contact", is }],
  );
  const whole = allOf(filter, ...named);
  return { view, ...(whole && { filter: whole }) };
}
