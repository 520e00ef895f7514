import { useSyncExternalStore } from "react";

/** What a person chose for this browser: the only state kept outside the server and the URL. */
export type Theme = "system" | "light" | "dark";
export type Language = "da" | "en";

const listeners = new Set<() => void>();

function read(key: string): string | null {
  try {
    return localStorage.getItem(`posthus.${key}`);
  } catch {
    return null; // storage is switched off: the choice lasts until the page is closed
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(`posthus.${key}`, value);
  } catch {
    // as above
  }
}

function firstTheme(): Theme {
  const kept = read("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

function firstLanguage(): Language {
  const kept = read("language");
  if (kept === "da" || kept === "en") return kept;
  return /^(da|nb|nn|no)\b/.test(navigator.language) ? "da" : "en";
}

let theme: Theme = firstTheme();
let language: Language = firstLanguage();

function show(): void {
  document.documentElement.lang = language;
  document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
}

function changed(): void {
  show();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function chooseTheme(next: Theme): void {
  theme = next;
  write("theme", next);
  changed();
}

export function chooseLanguage(next: Language): void {
  language = next;
  write("language", next);
  changed();
}

/** The language to change to for the member's own, unless this browser has been told otherwise; `now` changes. */
export function suggestsLanguage(next: Language | null, now = false): Language | null {
  if (next === null || next === language || read("language") !== null) return null;
  if (now) {
    language = next;
    changed();
  }
  return next;
}

export const currentLanguage = (): Language => language;

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme);
export const useLanguage = (): Language => useSyncExternalStore(subscribe, () => language);

/** Called once before the first paint. */
export const applyPreferences = show;
