import { FileText } from "lucide-react";

import { useText } from "@/i18n/text";
import type { Attachment } from "@/lib/shapes";

const PREVIEWED = /^image\/(png|jpeg|gif|webp|avif)$/;
const PREVIEW_BYTES = 8_000_000;

/** The files of a message; pictures are shown small. */
export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  const { t, bytes } = useText();
  const files = attachments.filter((file) => !file.inline || PREVIEWED.test(file.content_type));
  if (files.length === 0) return null;
  return (
    <ul className="attachments" aria-label={t("conversation.attachments", { count: files.length })}>
      {files.map(({ id, name, content_type: type, size }) => (
        <li key={id}>
          <a className="attachment" href={`/api/v1/attachments/${id}`} target="_blank" rel="noreferrer">
            {PREVIEWED.test(type) && size < PREVIEW_BYTES ? (
              <img src={`/api/v1/attachments/${id}`} alt="" loading="lazy" width={72} height={54} />
            ) : (
              <span className="attachment-icon">
                <FileText aria-hidden className="icon" />
              </span>
            )}
            <span className="attachment-name">
              <span className="cut">{name}</span>
              <span className="muted">{bytes(size)}</span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
