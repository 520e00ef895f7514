import { oneOf } from "@/lib/address";

export const SECTIONS = ["me", "workspace", "members", "tags", "retention", "keys", "audit"] as const;
export type Section = (typeof SECTIONS)[number];

/** Which part of the settings, as the address has it. */
export interface SettingsView {
  section?: Section;
}

export const readSettingsView = (search: Record<string, unknown>): SettingsView =>
  oneOf(search, "section", SECTIONS);
