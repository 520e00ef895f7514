import { api } from "@/lib/client";
import { type Problem, toProblem } from "@/lib/problem";

/** The server takes no larger one; it is all of a file that is in memory. */
const PIECE = 4 << 20;
const LONGEST_WAIT = 30_000;

export interface Told {
  /** So many bytes are with the server. */
  sent: (offset: number) => void;
  /** Nobody answers, or asks for a pause: it is tried again by itself. */
  waits: () => void;
}

/** Sends a file from a byte on until all of it is there; throws the server's problem where it refuses for good. */
export async function send(id: number, content: Blob, from: number, told: Told, signal: AbortSignal) {
  let offset = from;
  let failures = 0;
  while (offset < content.size) {
    const answer = await sendPiece(id, content.slice(offset, offset + PIECE), offset, signal);
    if (typeof answer === "number") {
      offset = answer;
      failures = 0;
      told.sent(offset);
      continue;
    }
    if (!passes(answer)) throw answer;
    failures += 1;
    told.waits();
    const wait = answer?.retryAfter != null ? answer.retryAfter * 1000 : 500 * 2 ** failures;
    await pause(Math.min(wait, LONGEST_WAIT), signal);
  }
}

/** Where the next piece begins; the problem; or null where nobody answered. */
async function sendPiece(id: number, piece: Blob, offset: number, signal: AbortSignal) {
  const bytes = await piece.arrayBuffer();
  const digest = await digestOf(bytes);
  try {
    const { data, error, response } = await api.PATCH("/api/v1/imports/{id}/content", {
      params: {
        path: { id },
        header: { "upload-offset": offset, ...(digest !== null && { "content-digest": digest }) },
      },
      // The description has bytes as text; they go as they are.
      body: bytes as unknown as string,
      bodySerializer: (body) => body,
      headers: { "Content-Type": "application/partial-upload" },
      signal,
    });
    if (data) return data.offset;
    // A piece came although its answer was lost, or another window was quicker.
    if (response.status === 409) return Number(response.headers.get("upload-offset"));
    return toProblem(response, error);
  } catch (error) {
    if (signal.aborted || !(error instanceof TypeError)) throw error;
    return null;
  }
}

const passes = (problem: Problem | null): boolean =>
  problem === null || problem.status === 429 || (problem.status >= 500 && problem.status !== 507);

/** Content-Digest (RFC 9530); browsers compute it on https and on one's own machine. */
async function digestOf(bytes: ArrayBuffer): Promise<string | null> {
  if (!isSecureContext) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}

/** A while, shorter when the network comes back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((over, failed) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      if (signal.aborted) failed(signal.reason as Error);
      else over();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
    signal.addEventListener("abort", end, { once: true });
  });
}
