import { expect, test } from "vitest";

import type { SearchAnswer } from "@/lib/shapes";

import { asFilter } from "./asFilter";

const chip = (field: "has" | "is" | "from", value: string, negated = false) => ({
  field,
  value,
  negated,
  known: true,
  without: "",
});
const answer = (words: string, ...chips: SearchAnswer["chips"]) => ({ words, chips }) as SearchAnswer;

test("words, chosen filters and those typed become one view", () => {
  expect(asFilter({ q: "tag", source: 3 }, answer("tag", chip("has", "fil", true)))).toEqual({
    all: [
      { not: { field: "attachment", is: true } },
      { field: "text", contains: "tag" },
      { field: "source", is: 3 },
    ],
  });
});

test("what the inbox cannot ask for is not saved as something else", () => {
  expect(asFilter({ q: "tag fra:lone" }, answer("tag", chip("from", "lone")))).toBeNull();
  expect(asFilter({}, answer(""))).toBeNull();
});
