/**
 * The server counts whole characters (code points), JavaScript counts halves of emoji.
 * Cuts like the server; the common text without such halves costs nothing extra.
 */
export function cutter(text: string): (start: number, end: number) => string {
  if (!/[\uD800-\uDFFF]/.test(text)) return (start, end) => text.slice(start, end);
  const characters = Array.from(text);
  return (start, end) => characters.slice(start, end).join("");
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** A snippet in pieces, those that matched marked. */
export function highlighted(text: string, marks: readonly { start: number; end: number }[]): Piece[] {
  const cut = cutter(text);
  const pieces: Piece[] = [];
  let place = 0;
  for (const { start, end } of [...marks].sort((a, b) => a.start - b.start)) {
    if (start < place || end <= start) continue;
    if (start > place) pieces.push({ text: cut(place, start), marked: false });
    pieces.push({ text: cut(start, end), marked: true });
    place = end;
  }
  const rest = cut(place, Number.MAX_SAFE_INTEGER);
  if (rest !== "") pieces.push({ text: rest, marked: false });
  return pieces;
}

/** Text with its web addresses told apart, so that they become links and nothing else does. */
export function withLinks(text: string): { text: string; href: string | null }[] {
  const parts: { text: string; href: string | null }[] = [];
  let place = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g)) {
    if (match.index > place) parts.push({ text: text.slice(place, match.index), href: null });
    parts.push({ text: match[0], href: match[0] });
    place = match.index + match[0].length;
  }
  if (place < text.length) parts.push({ text: text.slice(place), href: null });
  return parts;
}
