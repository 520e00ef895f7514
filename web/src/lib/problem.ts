/** What the server answered instead of the thing asked for (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly retryAfter: number | null;

  constructor(status: number, title: string, detail: string, retryAfter: number | null = null) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.retryAfter = retryAfter;
  }
}

function field(body: unknown, name: string): string {
  if (typeof body !== "object" || body === null) return "";
  const value = (body as Record<string, unknown>)[name];
  return typeof value === "string" ? value : "";
}

/** Reads any error body: problem+json where it is one, the status text where it is not. */
export function toProblem(response: Response, body: unknown): Problem {
  const retry = Number(response.headers.get("retry-after"));
  const title = field(body, "title") || response.statusText || String(response.status);
  return new Problem(response.status, title, field(body, "detail") || title, retry > 0 ? retry : null);
}
