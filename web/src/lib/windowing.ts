/**
 * Which rows of a very long list are on screen. Rows have one height, so this is arithmetic.
 * Browsers cap an element's height (about 17 million px in Firefox): longer lists are scaled.
 */
export const MOST_PIXELS = 12_000_000;

export interface Viewport {
  total: number;
  rowHeight: number;
  scrollTop: number;
  height: number;
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

function scale({ total, rowHeight, height }: Omit<Viewport, "scrollTop" | "overscan">): number {
  const full = total * rowHeight;
  if (full <= MOST_PIXELS || full <= height) return 1;
  return (full - height) / (MOST_PIXELS - height);
}

/** The rows to draw; `last` is exclusive. */
export function visibleRows(viewport: Viewport): Window {
  const { total, rowHeight, scrollTop, height, overscan } = viewport;
  const canvas = Math.min(total * rowHeight, Math.max(MOST_PIXELS, height));
  const top = Math.max(0, scrollTop) * scale(viewport);
  const first = Math.max(0, Math.min(total, Math.floor(top / rowHeight)) - overscan);
  const last = Math.min(total, Math.ceil((top + height) / rowHeight) + overscan);
  return { first, last: Math.max(first, last), canvas, offset: scrollTop - (top - first * rowHeight) };
}

/** The scroll position that shows a row, moving no further than needed. */
export function scrollToRow(row: number, viewport: Viewport): number {
  const factor = scale(viewport);
  const top = viewport.scrollTop * factor;
  const rowTop = row * viewport.rowHeight;
  if (rowTop < top) return rowTop / factor;
  const rowEnd = rowTop + viewport.rowHeight;
  return rowEnd > top + viewport.height ? (rowEnd - viewport.height) / factor : viewport.scrollTop;
}

/** The pages (of `pageSize` rows) that the rows first..last touch. */
export function pagesOf(first: number, last: number, pageSize: number): number[] {
  if (last <= first) return [];
  const from = Math.floor(first / pageSize);
  const to = Math.floor((last - 1) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, step) => from + step);
}
