/** The path that Posthus is served under, "" at the root of a host; the server writes it into index.html. */
export const BASE = base();

function base(): string {
  if (typeof document === "undefined") return "";
  return document.querySelector<HTMLMetaElement>('meta[name="posthus-base"]')?.content ?? "";
}

/** An address of the server, for links, pictures, frames and streams. */
export const addressOf = (path: string): string => BASE + path;
