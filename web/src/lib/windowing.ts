/**
 * Which rows of a very long list are on screen. Rows have one height, so this is arithmetic.
 * Browsers cap an element's height (about 17 million px in Firefox): longer lists are scaled. Then the
 * scrollbar jumps by the scale, while a wheel or a key still moves by the pixels it says.
 */
export const MOST_PIXELS = 12_000_000;

export interface List {
  total: number;
  rowHeight: number;
  /** Of the window on the list, in px. */
  height: number;
}

/** Where a list stands: the element's own position, and how far down its rows that is, both in px. */
export interface Place {
  scrollTop: number;
  top: number;
}

export interface Viewport extends List, Place {
  overscan: number;
}

export interface Window {
  first: number;
  last: number;
  /** The scrolled element's height in px. */
  canvas: number;
  /** Where row `first` stands in it, in px. */
  offset: number;
}

/** Row pixels for one pixel of the scrollbar. */
export function scaleOf({ total, rowHeight, height }: List): number {
  const full = total * rowHeight;
  if (full <= MOST_PIXELS || full <= height) return 1;
  return (full - height) / (MOST_PIXELS - height);
}

const lowest = ({ total, rowHeight, height }: List) => Math.max(0, total * rowHeight - height);

/** The place after the element was scrolled: a short way counts as it is, a long one by the scale. */
export function follow(before: Place, scrollTop: number, list: List): Place {
  const scale = scaleOf(list);
  if (scale === 1) return { scrollTop, top: scrollTop };
  const moved = scrollTop - before.scrollTop;
  const top = Math.abs(moved) <= 2 * list.height ? before.top + moved : scrollTop * scale;
  return { scrollTop, top: Math.min(lowest(list), Math.max(0, top)) };
}

/** Where the scrollbar should stand for these rows. */
export const settled = (place: Place, list: List): number => place.top / scaleOf(list);

/** The rows to draw; `last` is exclusive. */
export function visibleRows(viewport: Viewport): Window {
  const { total, rowHeight, scrollTop, top, height, overscan } = viewport;
  const canvas = Math.min(total * rowHeight, Math.max(MOST_PIXELS, height));
  const first = Math.max(0, Math.min(total, Math.floor(Math.max(0, top) / rowHeight)) - overscan);
  const last = Math.min(total, Math.ceil((top + height) / rowHeight) + overscan);
  return { first, last: Math.max(first, last), canvas, offset: scrollTop - (top - first * rowHeight) };
}

/** The place that shows a row, moving no further than needed. */
export function placeOfRow(row: number, viewport: Viewport): Place {
  const { top, height, rowHeight } = viewport;
  const rowTop = row * rowHeight;
  const rowEnd = rowTop + rowHeight;
  const next = rowTop < top ? rowTop : rowEnd > top + height ? rowEnd - height : top;
  return { top: next, scrollTop: next === top ? viewport.scrollTop : next / scaleOf(viewport) };
}

/** The page (of those that begin at `starts`) that holds a row. */
export function pageOf(row: number, starts: readonly number[]): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The pages that the rows first..last touch; `last` is exclusive. */
export function pagesOf(first: number, last: number, starts: readonly number[]): number[] {
  if (last <= first || starts.length === 0) return [];
  const from = pageOf(first, starts);
  const to = pageOf(last - 1, starts);
  return Array.from({ length: to - from + 1 }, (_, step) => from + step);
}
