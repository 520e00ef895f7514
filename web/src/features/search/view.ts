import type { Channel } from "@/lib/shapes";
import { aDate, aNumber, aText, oneOf } from "@/lib/address";

/** The search as its address has it. */
export interface SearchView {
  q?: string;
  mode?: "words" | "meaning";
  channel?: Channel;
  source?: number;
  company?: number;
  contact?: number;
  since?: string;
  until?: string;
}

export function readSearchView(search: Record<string, unknown>): SearchView {
  return {
    ...aText(search, "q"),
    ...oneOf(search, "mode", ["words", "meaning"]),
    ...oneOf(search, "channel", ["email", "chat", "form"]),
    ...aNumber(search, "source"),
    ...aNumber(search, "company"),
    ...aNumber(search, "contact"),
    ...aDate(search, "since"),
    ...aDate(search, "until"),
  };
}
