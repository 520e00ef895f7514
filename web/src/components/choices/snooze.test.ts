import { describe, expect, it } from "vitest";

import { snoozeTimes } from "./snooze";

describe("times to snooze until", () => {
  it("are all in the future, in order, and none twice", () => {
    for (let hour = 0; hour < 24 * 8; hour += 1) {
      const now = new Date(2026, 9, 20, hour, 30); // over the end of summer time
      const times = snoozeTimes(now).map(({ at }) => at.getTime());
      expect(Math.min(...times)).toBeGreaterThan(now.getTime());
      expect(new Set(times).size).toBe(times.length);
    }
  });

  it("mean the coming Monday morning, also on a Monday and a Sunday", () => {
    const monday = snoozeTimes(new Date(2026, 10, 23, 9)).find(({ id }) => id === "monday");
    expect(monday?.at).toEqual(new Date(2026, 10, 30, 8));
    const sunday = snoozeTimes(new Date(2026, 10, 22, 9));
    expect(sunday.find(({ id }) => id === "monday")).toBeUndefined();
    expect(sunday.find(({ id }) => id === "tomorrow")?.at).toEqual(new Date(2026, 10, 23, 8));
  });
});
