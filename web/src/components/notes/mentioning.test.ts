import { describe, expect, it } from "vitest";

import { matches, mentioned, typedName, withNames } from "./mentioning";

const people = [
  { id: 1, name: "Åse Ørum", email: "aase@example.dk" },
  { id: 2, name: "Åse", email: "a@example.dk" },
  { id: 3, name: "", email: "bo@example.dk" },
];

describe("naming a colleague", () => {
  it("begins with an @ at the start of a word", () => {
    expect(typedName("hej @Ås", 7)).toEqual({ from: 4, typed: "Ås" });
    expect(typedName("hej @Åse Ør og mere", 11)).toEqual({ from: 4, typed: "Åse Ør" });
    expect(typedName("bo@example", 10)).toBeNull();
    expect(typedName("hej", 3)).toBeNull();
  });

  it("finds by any word of the name", () => {
    expect(matches(people, "ør").map(({ id }) => id)).toEqual([1]);
    expect(matches(people, "").length).toBe(3);
    expect(matches(people, "bo").map(({ id }) => id)).toEqual([3]);
  });

  it("tells whole names from longer words", () => {
    expect(mentioned("@Åse Ørum ser på det", people)).toEqual([1, 2]);
    expect(mentioned("@Åsens post", people)).toEqual([]);
    expect(mentioned("@bo@example.dk?", people)).toEqual([3]);
  });

  it("marks the longest name and loses no text", () => {
    const pieces = withNames("@Åse Ørum og @Åse", ["Åse", "Åse Ørum"]);
    expect(pieces.map(({ text }) => text).join("")).toBe("@Åse Ørum og @Åse");
    expect(pieces.filter(({ name }) => name).map(({ text }) => text)).toEqual(["@Åse Ørum", "@Åse"]);
  });
});
