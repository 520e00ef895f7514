import { describe, expect, it } from "vitest";

import { MOST_PIXELS, pagesOf, scrollToRow, visibleRows } from "./windowing";

describe("a list of a million rows", () => {
  const list = { total: 1_000_000, rowHeight: 72, height: 800, overscan: 4 };

  it("stays below what browsers can draw and reaches its last row", () => {
    const end = visibleRows({ ...list, scrollTop: MOST_PIXELS - list.height });
    expect(end.canvas).toBe(MOST_PIXELS);
    expect(end.last).toBe(list.total);
  });

  it("draws a screenful wherever it stands", () => {
    for (const scrollTop of [0, 1, 71, 5_000_000, MOST_PIXELS - list.height]) {
      const { first, last } = visibleRows({ ...list, scrollTop });
      expect(last - first).toBeGreaterThanOrEqual(12);
      expect(last - first).toBeLessThan(30);
    }
  });

  it("scrolls to any row so that it is drawn", () => {
    for (const row of [0, 17, 499_999, 999_999]) {
      const scrollTop = scrollToRow(row, { ...list, scrollTop: 0 });
      const { first, last } = visibleRows({ ...list, scrollTop });
      expect(first).toBeLessThanOrEqual(row);
      expect(last).toBeGreaterThan(row);
    }
  });
});

describe("pages", () => {
  it("are those that the rows touch", () => {
    expect(pagesOf(0, 0, 100)).toEqual([]);
    expect(pagesOf(99, 101, 100)).toEqual([0, 1]);
    expect(pagesOf(100, 200, 100)).toEqual([1]);
  });
});
