import type { Condition, Field, Filter, Value } from "@/lib/filter";

/** A view as the builder has it: groups that must all hold, each holding when all or any of its lines do. */
export interface Line {
  field: Field;
  operator: Operator;
  value: string;
}

export interface Group {
  every: boolean;
  lines: Line[];
}

export interface Draft {
  /** All groups, or any of them. */
  every: boolean;
  groups: Group[];
}

export type Operator = "is" | "not" | "before" | "after" | "contains";

const YES_NO: readonly Field[] = ["unread", "attachment", "snoozed"];
const DATES: readonly Field[] = ["last_message", "first_message", "snoozed_until"];
const TEXTS: readonly Field[] = ["text", "subject"];
const NUMBERS: readonly Field[] = ["tag", "source", "contact", "company", "board_column"];

export function operatorsOf(field: Field): readonly Operator[] {
  if (DATES.includes(field)) return ["after", "before"];
  return TEXTS.includes(field) ? ["contains"] : ["is", "not"];
}

export const NEW_LINE: Line = { field: "status", operator: "is", value: "open" };
export const EMPTY: Draft = { every: true, groups: [{ every: true, lines: [NEW_LINE] }] };

function valueOf(field: Field, value: string): Value {
  if (value === "none") return null;
  if (YES_NO.includes(field)) return value === "true";
  if (NUMBERS.includes(field)) return Number(value);
  return field === "assignee" && value !== "me" ? Number(value) : value;
}

function condition({ field, operator, value }: Line): Filter {
  if (operator === "before") return { field, before: value };
  if (operator === "after") return { field, after: value };
  if (operator === "contains") return { field, contains: value };
  const is: Condition = { field, is: valueOf(field, value) };
  return operator === "not" ? { not: is } : is;
}

const usable = ({ field, value }: Line) =>
  value.trim() !== "" && !(field === "subject" && value.trim().length < 3);

const join = (every: boolean, filters: Filter[]): Filter | undefined =>
  filters.length < 2 ? filters[0] : every ? { all: filters } : { any: filters };

/** The filter of a draft; lines that are not filled in count for nothing. */
export function filterOf({ every, groups }: Draft): Filter | undefined {
  const parts = groups
    .map((group) => join(group.every, group.lines.filter(usable).map(condition)))
    .filter((part) => part !== undefined);
  return join(every, parts);
}

function lineOf(filter: Filter): Line | null {
  const [inner, not] = "not" in filter ? [filter.not, true] : [filter, false];
  if (!("field" in inner)) return null;
  const { field } = inner;
  if ("is" in inner)
    return { field, operator: not ? "not" : "is", value: inner.is === null ? "none" : String(inner.is) };
  if (not) return null;
  if ("before" in inner) return { field, operator: "before", value: inner.before };
  if ("after" in inner) return { field, operator: "after", value: inner.after };
  return "contains" in inner ? { field, operator: "contains", value: inner.contains } : null;
}

const parts = (filter: Filter): { every: boolean; inner: Filter[] } =>
  "all" in filter
    ? { every: true, inner: filter.all }
    : "any" in filter
      ? { every: false, inner: filter.any }
      : { every: true, inner: [filter] };

function groupOf(filter: Filter): Group | null {
  const { every, inner } = parts(filter);
  const lines = inner.map(lineOf);
  return lines.every((line) => line !== null) ? { every, lines } : null;
}

/** The draft that shows a filter; null when it is more deeply nested than the builder can show. */
export function draftOf(filter: Filter | undefined): Draft | null {
  if (!filter) return EMPTY;
  const whole = groupOf(filter);
  if (whole) return { every: true, groups: [whole] };
  const { every, inner } = parts(filter);
  const groups = inner.map(groupOf);
  return groups.every((group) => group !== null) ? { every, groups } : null;
}
