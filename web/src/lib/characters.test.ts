import { describe, expect, it } from "vitest";

import { highlighted, withLinks } from "./characters";

describe("highlights", () => {
  it("keep every character, counted as the server counts them", () => {
    const text = "Taget 🏠 på Æblevej";
    const pieces = highlighted(text, [{ start: 8, end: 10 }]);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.filter((piece) => piece.marked).map((piece) => piece.text)).toEqual(["på"]);
  });
});

describe("links", () => {
  it("are found without the full stop after them, and nothing is lost", () => {
    const text = "Se https://example.com/a?b=1. Tak";
    const pieces = withLinks(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.flatMap((piece) => (piece.href === null ? [] : [piece.href]))).toEqual([
      "https://example.com/a?b=1",
    ]);
  });
});
