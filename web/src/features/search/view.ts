import type { Channel } from "@/lib/shapes";
import { aDate, aNumber, aText, oneOf } from "@/lib/address";

/** The search as its address has it. */
export interface SearchView {
  q?: string;
  mode?: "words" | "meaning";
  channel?: Channel;
  status?: "open" | "closed";
  files?: "yes";
  source?: number;
  company?: number;
  contact?: number;
  since?: string;
  until?: string;
  /** Why these were found is shown beside them. */
  why?: "yes";
}

export function readSearchView(search: Record<string, unknown>): SearchView {
  return {
    ...aText(search, "q"),
    ...oneOf(search, "mode", ["words", "meaning"]),
    ...oneOf(search, "channel", ["email", "chat", "form"]),
    ...oneOf(search, "status", ["open", "closed"]),
    ...oneOf(search, "files", ["yes"]),
    ...aNumber(search, "source"),
    ...aNumber(search, "company"),
    ...aNumber(search, "contact"),
    ...aDate(search, "since"),
    ...aDate(search, "until"),
    ...oneOf(search, "why", ["yes"]),
  };
}

/** The question that the API is asked. */
export function questionOf(view: SearchView) {
  const { q = "", mode, channel, status, source, company, contact, since, until } = view;
  const files = view.files === "yes" ? true : undefined;
  return { q, mode, channel, status, files, source, company, contact, since, until };
}

/** Whether anything but the words narrows the search. */
export function isNarrowed(view: SearchView): boolean {
  const { q, ...filters } = questionOf(view);
  return q !== "" && Object.values(filters).some((value) => value !== undefined);
}
