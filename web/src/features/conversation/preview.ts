import type { Attachment } from "@/lib/shapes";

const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/;
const PICTURE_BYTES = 8_000_000;
const TEXT = /^text\/(plain|csv|markdown)$|^application\/json$/;
const TEXT_BYTES = 500_000;

/** How a file can be looked at in place; null when it is only fetched. */
export function previewOf({ content_type: type, size }: Attachment): "picture" | "text" | null {
  if (PICTURE.test(type)) return size < PICTURE_BYTES ? "picture" : null;
  return TEXT.test(type) && size < TEXT_BYTES ? "text" : null;
}
