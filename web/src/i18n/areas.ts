import { currentLanguage, type Language } from "@/lib/preferences";

type Catalogue = Readonly<Record<string, string>>;

/** Every file of texts but the parts of `start`, fetched when a part of the client that shows it is opened. */
const FILES = import.meta.glob<Readonly<Record<string, Catalogue>>>([
  "./{da,en}/*.ts",
  "!./*/{shell,actions,inbox}.ts",
]);
const TEXTS: Record<Language, Record<string, string>> = { da: {}, en: {} };
const there = new Map<string, Promise<void>>();
/** The areas in use: another language must have them too before it is shown. */
const used = new Set<string>();

/** The text of a key, where its area has come. */
export const textOf = (language: Language, key: string): string | undefined => TEXTS[language][key];

/** Fetches an area once; one that failed is asked for again the next time. */
function fetchArea(language: Language, area: string): Promise<void> {
  const path = `./${language}/${area}.ts`;
  const known = there.get(path);
  if (known !== undefined) return known;
  const load = FILES[path];
  if (load === undefined) throw new Error(`There are no texts ${path}`);
  const coming = load().then((file) => void Object.assign(TEXTS[language], ...Object.values(file)));
  there.set(path, coming);
  coming.catch(() => there.delete(path));
  return coming;
}

/** Everything in use, in this language; areas that came into use meanwhile included. */
export async function loadLanguage(language: Language): Promise<void> {
  let known = 0;
  while (known < used.size) {
    known = used.size;
    await Promise.all([...used].map((area) => fetchArea(language, area)));
  }
}

/** Areas in the language on screen, also where it was switched while they came. */
export async function loadTexts(...areas: readonly string[]): Promise<void> {
  for (const area of areas) used.add(area);
  let language: Language;
  do {
    language = currentLanguage();
    await Promise.all(areas.map((area) => fetchArea(language, area)));
  } while (language !== currentLanguage());
}

/** Code that is fetched when it is first needed, together with the texts it shows. */
export async function withTexts<Code>(load: () => Promise<Code>, ...areas: readonly string[]): Promise<Code> {
  const [code] = await Promise.all([load(), loadTexts(...areas)]);
  return code;
}
