import { describe, expect, it } from "vitest";

import { da } from "./da";
import { en } from "./en";

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

describe("the two languages", () => {
  it("have the same texts", () => {
    expect(Object.keys(da).sort()).toEqual(Object.keys(en).sort());
  });

  it("leave none empty and none in the other language", () => {
    const danish: Readonly<Record<string, string>> = da;
    const same = Object.entries(en).filter(
      ([key, text]) => danish[key] === text && /[a-z]{4,} [a-z]{4,}/i.test(text),
    );
    expect(Object.values(danish).filter((text) => text.trim() === "")).toEqual([]);
    expect(same).toEqual([]);
  });

  it("fill in the same places", () => {
    const danish: Readonly<Record<string, string>> = da;
    for (const [key, text] of Object.entries(en))
      expect(placeholders(danish[key] ?? ""), key).toEqual(placeholders(text));
  });
});
