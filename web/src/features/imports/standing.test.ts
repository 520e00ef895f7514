import { describe, expect, it } from "vitest";

import type { MailImport } from "@/lib/shapes";

import { QUIET, rounded, standingOf } from "./standing";
import type { Sending } from "./upload/outbox";

const NOW = Date.parse("2026-01-05T10:00:00Z");
const say = {
  t: (key: string, values: Record<string, unknown> = {}) => [key, ...Object.values(values)].join(" "),
  number: String,
  percent: (share: number) => `${Math.round(share * 100)} %`,
  duration: (seconds: number) => `${seconds} s`,
  bytes: (bytes: number) => `${bytes} B`,
};
const one = (changed: Partial<MailImport>) =>
  ({ size: 1000, received: 340, touched_at: "2026-01-05T10:00:00Z", read: 0, ...changed }) as MailImport;
const sending: Sending = { state: "sending", sent: 500, size: 1000, perSecond: 100, problem: null };

describe("how an import stands", () => {
  it("is known best by the window that sends it", () => {
    const found = standingOf(one({ state: "uploading" }), sending, NOW, say);
    expect(found).toMatchObject({ badge: "sending", share: 0.5, resumes: false });
    expect(found.line).toBe("imports.sent 50 % · imports.bytesPerSecond 100 B · imports.left 5 s");
  });

  it("is broken off when nobody has sent anything for a while", () => {
    const uploading = one({ state: "uploading" });
    expect(standingOf(uploading, undefined, NOW + QUIET - 1, say).badge).toBe("sending");
    const silent = standingOf(uploading, undefined, NOW + QUIET, say);
    expect(silent).toMatchObject({ badge: "broken", share: 0.34, resumes: true });
  });

  it("says how quick it is read, and no more than is known", () => {
    const reading = one({
      state: "running",
      reached: 250,
      read: 12_345,
      expected: 49_380,
      per_second: 310.4,
      seconds_left: 119.6,
    });
    expect(standingOf(reading, undefined, NOW, say)).toMatchObject({
      badge: "reading",
      share: 0.25,
      line: "imports.readOf 12345 49000 · imports.perSecond 310 · imports.left 120 s",
    });
  });
});

it("an estimate has two digits", () => {
  expect([0, 7, 12, 123, 39_990, 1_234_567].map(rounded)).toEqual([0, 7, 12, 120, 40_000, 1_200_000]);
});
