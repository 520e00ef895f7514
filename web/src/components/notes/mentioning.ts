import type { Member } from "@/lib/shapes";

/** The name being typed after "@", up to the caret; null when none is. */
export function typedName(text: string, caret: number): { from: number; typed: string } | null {
  const found = /(?:^|\s)@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const typed = found[1] ?? "";
  return { from: caret - typed.length - 1, typed };
}

export const nameOf = (member: Pick<Member, "name" | "email">): string => member.name || member.email;

/** Colleagues whose name has a word that begins with what was typed. */
export function matches<Person extends Pick<Member, "name" | "email">>(
  people: readonly Person[],
  typed: string,
): Person[] {
  const wanted = typed.toLocaleLowerCase();
  return people
    .filter((person) => {
      const name = nameOf(person).toLocaleLowerCase();
      return name.startsWith(wanted) || name.split(/\s+/).some((word) => word.startsWith(wanted));
    })
    .slice(0, 6);
}

/** Who is named in a text. */
export function mentioned(text: string, people: readonly Pick<Member, "id" | "name" | "email">[]): number[] {
  return people
    .filter((person) => {
      const at = text.indexOf(`@${nameOf(person)}`);
      return at >= 0 && !/[\p{L}\p{N}]/u.test(text.charAt(at + nameOf(person).length + 1));
    })
    .map(({ id }) => id);
}

/** A text in pieces, with the names of those mentioned told apart. */
export function withNames(text: string, names: readonly string[]): { text: string; name: boolean }[] {
  const pieces: { text: string; name: boolean }[] = [];
  let place = 0;
  while (place < text.length) {
    const next = names
      .map((name) => ({ at: text.indexOf(`@${name}`, place), length: name.length + 1 }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.length - a.length)[0];
    if (!next) break;
    if (next.at > place) pieces.push({ text: text.slice(place, next.at), name: false });
    pieces.push({ text: text.slice(next.at, next.at + next.length), name: true });
    place = next.at + next.length;
  }
  if (place < text.length) pieces.push({ text: text.slice(place), name: false });
  return pieces;
}
