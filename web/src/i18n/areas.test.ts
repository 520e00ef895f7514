import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { describe, expect, it } from "vitest";

import * as english from "./en";

const SRC = resolve(import.meta.dirname, "..");
const AREAS = readdirSync(join(import.meta.dirname, "en")).map((name) => name.replace(".ts", ""));
const START = new Set(["start", "shell", "actions", "inbox"]);

/** The area of every key, also of the stems that are chosen by a count. */
const areaOf = new Map<string, string>();
for (const area of AREAS.filter((name) => name !== "start"))
  for (const [, key = ""] of read(join(import.meta.dirname, "en", `${area}.ts`)).matchAll(
    /^ {2}"([\w.]+)":/gm,
  ))
    for (const name of [key, key.replace(/\.(one|other)$/, "")]) areaOf.set(name, area);

function read(path: string): string {
  return readFileSync(path, "utf8");
}

function fileOf(from: string, name: string): string | null {
  const base = name.startsWith("@/") ? join(SRC, name.slice(2)) : resolve(dirname(from), name);
  return [`${base}.ts`, `${base}.tsx`].find((path) => existsSync(path)) ?? null;
}

const STATIC = /(?:^|\n)(?:import|export) (?!type )[^;]*?from "([^"]+)"/g;
const WITH_TEXTS = /withTexts\(\s*\(\) => import\("([^"]+)"\)((?:,\s*"\w+")+)/g;
const DYNAMIC = /import\("([^"]+)"\)/g;

/** What a file leads to, and the areas that come along. */
function* leadsTo(path: string): Generator<[file: string, areas: readonly string[]]> {
  const text = read(path);
  const along = new Map([...text.matchAll(WITH_TEXTS)].map(([, name, areas = ""]) => [name, areas]));
  for (const pattern of [STATIC, DYNAMIC])
    for (const [, name = ""] of text.matchAll(pattern)) {
      const file = fileOf(path, name);
      if (file === null || file.includes("/i18n/")) continue;
      const areas = pattern === DYNAMIC ? (along.get(name) ?? "") : "";
      yield [file, [...areas.matchAll(/\w+/g)].map(([area]) => area)];
    }
}

/** For every file what has come whichever way one gets to it. */
function arrivals(): Map<string, ReadonlySet<string>> {
  const has = new Map<string, ReadonlySet<string>>();
  const open: [string, ReadonlySet<string>][] = [[join(SRC, "main.tsx"), START]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, areas] = next;
    const before = has.get(path);
    const now = before === undefined ? areas : new Set([...before].filter((area) => areas.has(area)));
    if (before?.size === now.size) continue;
    has.set(path, now);
    for (const [file, along] of leadsTo(path)) open.push([file, new Set([...now, ...along])]);
  }
  return has;
}

/** The areas of the texts a file names: whole keys, and keys whose end is computed. */
function shows(path: string): Set<string> {
  const text = read(path);
  const found = new Set<string>();
  for (const [, key = ""] of text.matchAll(/"(\w+(?:\.\w+)+)"/g)) found.add(areaOf.get(key) ?? "start");
  for (const [, stem = ""] of text.matchAll(/`(\w+\.(?:\w+\.)*)\$\{/g))
    for (const [key, area] of areaOf) if (key.startsWith(stem)) found.add(area);
  return found;
}

describe("texts that come with the code that shows them", () => {
  const has = arrivals();

  it("are asked for by every way to it", () => {
    const missing = [...has].flatMap(([path, areas]) =>
      [...shows(path)]
        .filter((area) => !areas.has(area))
        .map((area) => `${relative(SRC, path)} shows "${area}": fetch it by withTexts(…, "${area}")`),
    );
    expect(has.size).toBeGreaterThan(150);
    expect(missing).toEqual([]);
  });

  it("are files that exist", () => {
    const asked = [...has.keys()].flatMap((path) => [...leadsTo(path)].flatMap(([, areas]) => areas));
    expect([...new Set(asked)].filter((area) => !AREAS.includes(area))).toEqual([]);
    expect(Object.keys(english.en).length).toBeGreaterThan(700);
  });
});
