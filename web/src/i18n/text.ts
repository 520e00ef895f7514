import { chooseLanguage, type Language, suggestsLanguage, useLanguage } from "@/lib/preferences";

import { loadLanguage, textOf } from "./areas";
import type { en } from "./en";
import { dates, lists, numbers, plurals } from "./formats";

type Key = keyof typeof en;
type PluralKey = Key extends infer K ? (K extends `${infer Stem}.one` ? Stem : never) : never;
export type TextKey = Key | PluralKey;
export type Values = Readonly<Record<string, string | number>>;

/** Shows everything in another language, at once and without a reload. */
export async function switchLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  chooseLanguage(language);
}

/** The member's own language counts until this browser has been told otherwise. */
export async function suggestLanguage(language: Language | null): Promise<void> {
  const next = suggestsLanguage(language);
  if (next === null) return;
  await loadLanguage(next);
  suggestsLanguage(next, true);
}
const LOCALES: Record<Language, string> = { da: "da-DK", en: "en-GB" };

/** The text of a key: the plural form by `count`, numbers written as the language does. */
export function translate(language: Language, key: TextKey, values: Values = {}): string {
  const form =
    typeof values.count === "number" ? `${key}.${plurals(LOCALES[language]).select(values.count)}` : key;
  const text = textOf(language, form) ?? textOf(language, `${key}.other`) ?? textOf(language, key) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers(LOCALES[language]).format(value) : value;
  });
}

const UNITS: readonly [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [604_800, 86_400, "day"],
];

/** How long ago, short: "3 min", "2 h", then a date. */
export function ageText(locale: string, then: Date, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000);
  for (const [limit, size, unit] of UNITS) {
    if (seconds >= limit) continue;
    const amount = Math.floor(seconds / size);
    return numbers(locale, { style: "unit", unit, unitDisplay: "short" }).format(amount);
  }
  const year = then.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  return dates(locale, { day: "numeric", month: "short", year }).format(then);
}

function durationText(locale: string, seconds: number): string {
  const unit = (amount: number, name: string) =>
    numbers(locale, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: amount < 10 ? 1 : 0,
    }).format(amount);
  if (seconds < 60) return unit(seconds, "second");
  if (seconds < 3600) return unit(seconds / 60, "minute");
  return seconds < 86_400 ? unit(seconds / 3600, "hour") : unit(seconds / 86_400, "day");
}

function bytesText(locale: string, bytes: number): string {
  const [amount, unit] =
    bytes < 1000
      ? [bytes, "byte"]
      : bytes < 1e6
        ? [bytes / 1e3, "kilobyte"]
        : bytes < 1e9
          ? [bytes / 1e6, "megabyte"]
          : [bytes / 1e9, "gigabyte"];
  return numbers(locale, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: amount < 10 ? 1 : 0,
  }).format(amount);
}

function makeText(language: Language) {
  const locale = LOCALES[language];
  return {
    language,
    locale,
    t: (key: TextKey, values?: Values) => translate(language, key, values),
    number: (value: number, digits = 0) => numbers(locale, { maximumFractionDigits: digits }).format(value),
    percent: (value: number) => numbers(locale, { style: "percent", maximumFractionDigits: 0 }).format(value),
    time: (iso: string) => dates(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)),
    day: (iso: string) => dates(locale, { dateStyle: "medium" }).format(new Date(iso)),
    age: (iso: string) => ageText(locale, new Date(iso), new Date()),
    duration: (seconds: number) => durationText(locale, seconds),
    bytes: (bytes: number) => bytesText(locale, bytes),
    list: (items: readonly string[]) => lists(locale, { type: "conjunction" }).format(items),
  };
}

export type Text = ReturnType<typeof makeText>;
const TEXTS: Record<Language, Text> = { da: makeText("da"), en: makeText("en") };

/** Texts, numbers and dates in the language on screen; changes at once when it is switched. */
export function useText(): Text {
  return TEXTS[useLanguage()];
}
