import { describe, expect, it } from "vitest";

import type { Filter } from "@/lib/filter";

import { type Draft, draftOf, EMPTY, filterOf } from "./draft";

describe("a view in the builder", () => {
  const draft: Draft = {
    every: true,
    groups: [
      { every: true, lines: [{ field: "status", operator: "is", value: "open" }] },
      {
        every: false,
        lines: [
          { field: "tag", operator: "not", value: "3" },
          { field: "assignee", operator: "is", value: "none" },
          { field: "last_message", operator: "after", value: "-7d" },
        ],
      },
    ],
  };
  const filter: Filter = {
    all: [
      { field: "status", is: "open" },
      {
        any: [
          { not: { field: "tag", is: 3 } },
          { field: "assignee", is: null },
          { field: "last_message", after: "-7d" },
        ],
      },
    ],
  };

  it("becomes the server's filter, and comes back from it", () => {
    expect(filterOf(draft)).toEqual(filter);
    expect(draftOf(filter)).toEqual(draft);
  });

  it("leaves out what is not filled in", () => {
    const line = { field: "subject", operator: "contains", value: "ab" } as const;
    expect(filterOf({ every: true, groups: [{ every: true, lines: [line] }] })).toBeUndefined();
    expect(draftOf(undefined)).toEqual(EMPTY);
  });

  it("says when it cannot show a filter", () => {
    expect(
      draftOf({ all: [{ any: [{ all: [{ field: "unread", is: true }] }, { field: "unread", is: false }] }] }),
    ).toBeNull();
  });
});
