/** A saved view's conditions, as the server has them: a tree of "all of" and "any of". */
export type Value = string | number | boolean | null;

export type Condition = { field: Field } & (
  { is: Value } | { in: Value[] } | { before: string } | { after: string } | { contains: string }
);

export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Condition;

export const FIELDS = [
  "status",
  "assignee",
  "unread",
  "attachment",
  "snoozed",
  "tag",
  "source",
  "contact",
  "company",
  "channel",
  "board_column",
  "last_message",
  "first_message",
  "snoozed_until",
  "text",
  "subject",
] as const;
export type Field = (typeof FIELDS)[number];

/** Several filters as one; what is left out does not filter. */
export function allOf(...filters: (Filter | undefined)[]): Filter | undefined {
  const given = filters.filter((filter) => filter !== undefined);
  return given.length > 1 ? { all: given } : given[0];
}

/** A filter from outside (the address): anything else is no filter. */
export function readFilter(value: unknown): Filter | undefined {
  return isFilter(value, 0) ? value : undefined;
}

function isFilter(value: unknown, depth: number): value is Filter {
  if (typeof value !== "object" || value === null || depth > 6) return false;
  if ("all" in value) return Array.isArray(value.all) && value.all.every((one) => isFilter(one, depth + 1));
  if ("any" in value) return Array.isArray(value.any) && value.any.every((one) => isFilter(one, depth + 1));
  if ("not" in value) return isFilter(value.not, depth + 1);
  return "field" in value && FIELDS.some((field) => field === value.field);
}
