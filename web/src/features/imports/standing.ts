import type { Text } from "@/i18n/text";
import type { MailImport } from "@/lib/shapes";

import type { Sending } from "./upload/outbox";

/** How an import stands for who looks at it. */
export interface Standing {
  /** The word beside its name. */
  badge: "sending" | "waits" | "broken" | "reading" | "done" | "failed" | "cancelled";
  look: "" | "good" | "warn" | "bad";
  /** What there is to say, in a line. */
  line: string;
  /** From 0 to 1 where there is something to show. */
  share: number | null;
  /** Whether the same file, chosen again, would go on. */
  resumes: boolean;
}

/** Ms without a piece after which nobody is sending it any more. */
export const QUIET = 30_000;

type Said = Pick<Text, "t" | "number" | "percent" | "duration" | "bytes">;

/** Joins what there is to say. */
const joined = (...parts: (string | false | null)[]): string => parts.filter(Boolean).join(" · ");

export function standingOf(one: MailImport, sending: Sending | undefined, now: number, say: Said): Standing {
  const { t, number } = say;
  const plain = { look: "", share: null, resumes: false } as const;
  switch (one.state) {
    case "uploading":
      return sending ? sendingHere(sending, say) : sendingElsewhere(one, now, say);
    case "waiting":
      return { ...plain, badge: "waits", line: t("imports.waiting") };
    case "running":
      return {
        ...plain,
        badge: "reading",
        line: reading(one, say),
        share: one.reached / Math.max(one.size, 1),
      };
    case "interrupted":
      return {
        ...plain,
        badge: "broken",
        look: "warn",
        line: t("imports.interrupted", { read: number(one.read) }),
      };
    case "done":
      return { ...plain, badge: "done", look: one.failed > 0 ? "warn" : "good", line: "" };
    case "failed":
      return {
        ...plain,
        badge: "failed",
        look: "bad",
        line: t(`imports.trouble.${one.trouble ?? "gave_up"}`),
      };
    case "cancelled":
      return {
        ...plain,
        badge: "cancelled",
        line: t(one.trouble === "abandoned" ? "imports.trouble.abandoned" : "imports.cancelled.line"),
      };
  }
}

function sendingHere(sending: Sending, { t, percent, duration, bytes }: Said): Standing {
  const { state, sent, size, perSecond, problem } = sending;
  const share = sent / size;
  const done = t("imports.sent", { share: percent(share) });
  if (state === "refused") {
    const why =
      problem?.status === 0
        ? t("imports.unreadable")
        : problem?.status === 401
          ? t("imports.signedOut")
          : (problem?.message ?? "");
    return { badge: "broken", look: "bad", line: joined(done, why), share, resumes: true };
  }
  if (state === "sent")
    return { badge: "waits", look: "", line: t("imports.waiting"), share, resumes: false };
  if (state === "waiting")
    return { badge: "waits", look: "warn", line: joined(done, t("imports.offline")), share, resumes: false };
  if (state === "queued")
    return { badge: "waits", look: "", line: t("imports.queued"), share, resumes: false };
  const left = perSecond ? (size - sent) / perSecond : null;
  const line = joined(
    done,
    perSecond !== null && t("imports.bytesPerSecond", { bytes: bytes(perSecond) }),
    left !== null && t("imports.left", { time: duration(Math.max(1, Math.round(left))) }),
  );
  return { badge: "sending", look: "", line, share, resumes: false };
}

function sendingElsewhere(one: MailImport, now: number, { t, percent }: Said): Standing {
  const share = one.received / one.size;
  const sent = percent(share);
  if (now - Date.parse(one.touched_at) < QUIET)
    return {
      badge: "sending",
      look: "",
      line: t("imports.elsewhere", { share: sent }),
      share,
      resumes: true,
    };
  return { badge: "broken", look: "warn", line: t("imports.broken", { share: sent }), share, resumes: true };
}

function reading(one: MailImport, { t, number, duration }: Said): string {
  const { read, expected, per_second: pace, seconds_left: left } = one;
  return joined(
    expected === null
      ? t("imports.read", { count: read })
      : t("imports.readOf", { read: number(read), expected: number(rounded(expected)) }),
    pace !== null && t("imports.perSecond", { pace: number(Math.round(pace)) }),
    left !== null && t("imports.left", { time: duration(Math.max(1, Math.round(left))) }),
  );
}

/** An estimate says no more than it knows: two digits. */
export function rounded(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1);
  return Math.round(value / step) * step;
}
