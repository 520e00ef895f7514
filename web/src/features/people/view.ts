import { aText } from "@/lib/address";

/** What a list of people is narrowed to, as its address has it. */
export const readPeopleView = (search: Record<string, unknown>): { q?: string } => aText(search, "q");
