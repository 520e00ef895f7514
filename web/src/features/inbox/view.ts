import { aNumber, oneOf } from "@/lib/address";
import type { ConversationFilter } from "@/lib/queries/conversations";

export const TABS = ["open", "unread", "mine", "closed", "all"] as const;
export type Tab = (typeof TABS)[number];

/** The inbox as its address has it; an absent tab is the open ones. */
export interface InboxView {
  tab?: Exclude<Tab, "open">;
  source?: number;
  company?: number;
  contact?: number;
}

export function readInboxView(search: Record<string, unknown>): InboxView {
  return {
    ...oneOf(search, "tab", ["unread", "mine", "closed", "all"]),
    ...aNumber(search, "source"),
    ...aNumber(search, "company"),
    ...aNumber(search, "contact"),
  };
}

const FILTERS: Record<Tab, ConversationFilter> = {
  open: { status: "open" },
  unread: { status: "all", unread: true },
  mine: { status: "open", assignee: "me" },
  closed: { status: "closed" },
  all: { status: "all" },
};

export function filterOf({ tab, source, company, contact }: InboxView): ConversationFilter {
  return { ...FILTERS[tab ?? "open"], source, company, contact };
}
