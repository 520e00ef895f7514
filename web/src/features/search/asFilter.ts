import type { Filter } from "@/lib/filter";
import type { SearchAnswer } from "@/lib/shapes";

import type { SearchView } from "./view";

const YES: Record<string, Filter> = {
  open: { field: "status", is: "open" },
  åben: { field: "status", is: "open" },
  closed: { field: "status", is: "closed" },
  lukket: { field: "status", is: "closed" },
  unread: { field: "unread", is: true },
  ulæst: { field: "unread", is: true },
};

type Chip = SearchAnswer["chips"][number];

/** A typed filter as a condition of the inbox, where the inbox has one. */
function conditionOf({ field, value, negated, known }: Chip): Filter | null {
  const said = value.toLocaleLowerCase();
  let found: Filter | null = null;
  if (field === "has") found = { field: "attachment", is: true };
  if (field === "is") found = YES[said] ?? null;
  if (field === "subject" && said.length > 2) found = { field: "subject", contains: value };
  return !known || found === null ? null : negated ? { not: found } : found;
}

/** The search as a saved view of the inbox: the same words and filters over conversations; null where it has no such view. */
export function asFilter(view: SearchView, { words, chips }: SearchAnswer): Filter | null {
  const typed = chips.map(conditionOf);
  const { status, channel, source, company, contact, since, until } = view;
  const all: (Filter | null)[] = [
    ...typed,
    ...(words === "" ? [] : [{ field: "text" as const, contains: words }]),
    ...(status ? [{ field: "status" as const, is: status }] : []),
    ...(channel ? [{ field: "channel" as const, is: channel }] : []),
    ...(source ? [{ field: "source" as const, is: source }] : []),
    ...(company ? [{ field: "company" as const, is: company }] : []),
    ...(contact ? [{ field: "contact" as const, is: contact }] : []),
    ...(view.files ? [{ field: "attachment" as const, is: true }] : []),
    ...(since ? [{ field: "last_message" as const, after: since }] : []),
    ...(until ? [{ field: "first_message" as const, before: until }] : []),
  ];
  const conditions = all.filter((one) => one !== null);
  return conditions.length < all.length || conditions.length === 0 ? null : { all: conditions };
}
