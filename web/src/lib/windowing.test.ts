import { describe, expect, it } from "vitest";

import {
  follow,
  MOST_PIXELS,
  pageOf,
  pagesOf,
  type Place,
  placeOfRow,
  settled,
  visibleRows,
} from "./windowing";

describe("a list of a million rows", () => {
  const list = { total: 1_000_000, rowHeight: 44, height: 800 };
  const start: Place = { scrollTop: 0, top: 0 };
  const shown = (place: Place) => visibleRows({ ...list, ...place, overscan: 4 });

  it("stays below what browsers can draw and reaches its last row", () => {
    const end = shown(follow(start, MOST_PIXELS - list.height, list));
    expect(end.canvas).toBe(MOST_PIXELS);
    expect(end.last).toBe(list.total);
  });

  it("draws a screenful wherever the scrollbar is put, and draws it there", () => {
    for (const scrollTop of [0, 1, 71, 5_000_000, MOST_PIXELS - list.height]) {
      const place = follow(start, scrollTop, list);
      const { first, last, offset } = shown(place);
      expect(last - first).toBeGreaterThanOrEqual(18);
      expect(last - first).toBeLessThan(30);
      expect(offset).toBeLessThanOrEqual(scrollTop);
      expect(offset + (last - first) * list.rowHeight).toBeGreaterThanOrEqual(scrollTop + list.height);
    }
  });

  it("moves by the wheel as far as the wheel says, then lets the scrollbar catch up", () => {
    const middle = follow(start, 5_000_000, list);
    const wheeled = follow(middle, middle.scrollTop + 120, list);
    expect(wheeled.top - middle.top).toBe(120);
    const caughtUp = { scrollTop: settled(wheeled, list), top: wheeled.top };
    expect(shown(caughtUp).first).toBe(shown(wheeled).first);
    expect(caughtUp.scrollTop).toBeLessThan(wheeled.scrollTop);
  });

  it("never leaves the list", () => {
    expect(follow({ scrollTop: 300, top: 100 }, 0, list).top).toBe(0);
    const end = follow(start, MOST_PIXELS - list.height, list);
    expect(follow(end, end.scrollTop + 500, list).top).toBe(end.top);
  });

  it("shows any row", () => {
    for (const row of [0, 17, 499_999, 999_999]) {
      const { first, last } = shown(placeOfRow(row, { ...list, ...start, overscan: 4 }));
      expect(first).toBeLessThanOrEqual(row);
      expect(last).toBeGreaterThan(row);
    }
  });
});

describe("pages", () => {
  const starts = [0, 100, 200, 260, 360];

  it("are those that the rows touch", () => {
    expect(pagesOf(0, 0, starts)).toEqual([]);
    expect(pagesOf(0, 10, [])).toEqual([]);
    expect(pagesOf(99, 101, starts)).toEqual([0, 1]);
    expect(pagesOf(100, 200, starts)).toEqual([1]);
    expect(pagesOf(250, 400, starts)).toEqual([2, 3, 4]);
  });

  it("may be of any length", () => {
    expect([0, 99, 100, 259, 260, 359, 360, 9999].map((row) => pageOf(row, starts))).toEqual([
      0, 0, 1, 2, 3, 3, 4, 4,
    ]);
  });
});
