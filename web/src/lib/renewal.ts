import { addressOf } from "./base";

/** What browsers say when code or its style cannot be fetched. */
const UNFETCHED =
  /^(Failed to fetch dynamically imported module|error loading dynamically imported module|Importing a module script failed|Unable to preload CSS)/;

/** A part of the client that cannot be fetched: its build is gone from the server, or the network is. */
export class Missing extends TypeError {}

export const isMissing = (error: unknown): boolean =>
  error instanceof Missing || (error instanceof Error && UNFETCHED.test(error.message));

const RENEWED = "posthus.renewed";
/** This build's name: the file this stands in, whose name index.html tells. */
const build = (): string => new URL(import.meta.url).pathname.split("/").at(-1) ?? "";

async function isOutdated(): Promise<boolean> {
  const answer = await fetch(addressOf("/"), { cache: "no-store" });
  return answer.ok && !(await answer.text()).includes(build());
}

/**
 * Loads this address anew when the server has another build than this page; drafts are in the store, and the address
 * says what was on screen. Once from each build, so that servers of two builds side by side cannot keep a tab going
 * round. Answers false, and leaves everything as it is, when that would not help.
 */
export async function renew(): Promise<boolean> {
  try {
    if (sessionStorage.getItem(RENEWED) === build() || !(await isOutdated())) return false;
    sessionStorage.setItem(RENEWED, build());
  } catch {
    return false; // no answer, or no storage to know by that it has been tried
  }
  location.reload();
  return true;
}
