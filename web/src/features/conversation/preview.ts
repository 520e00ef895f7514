import type { Attachment } from "@/lib/shapes";

const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/;
const PICTURE_BYTES = 8_000_000;
const PAGE = "application/pdf";
const PAGE_BYTES = 25_000_000;
const TEXT = /^text\/(plain|csv|markdown)$|^application\/json$/;
const TEXT_BYTES = 500_000;

/** How a file can be looked at in place; null when it is only fetched. */
export function previewOf({ content_type: type, size }: Attachment): "picture" | "page" | "text" | null {
  if (PICTURE.test(type)) return size < PICTURE_BYTES ? "picture" : null;
  // The browser's own viewer shows it; one without a viewer saves the file.
  if (type === PAGE) return size < PAGE_BYTES && navigator.pdfViewerEnabled ? "page" : null;
  return TEXT.test(type) && size < TEXT_BYTES ? "text" : null;
}
