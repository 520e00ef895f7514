import { FileText } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import type { Attachment } from "@/lib/shapes";

import { previewOf } from "../preview";

const Preview = lazy(() => import("./Preview").then((file) => ({ default: file.Preview })));

/** The files of a message; pictures are shown small, and what can be looked at opens in place. */
export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  const { t, bytes } = useText();
  const [looking, setLooking] = useState<Attachment | null>(null);
  const files = attachments.filter((file) => !file.inline || previewOf(file) === "picture");
  if (files.length === 0) return null;
  return (
    <>
      <ul className="attachments" aria-label={t("conversation.attachments", { count: files.length })}>
        {files.map((file) => {
          const { id, name, size } = file;
          const address = addressOf(`/api/v1/attachments/${id}`);
          return (
            <li key={id}>
              <a
                className="attachment"
                href={address}
                target="_blank"
                rel="noreferrer"
                onClick={(event) => {
                  if (previewOf(file) === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  setLooking(file);
                }}
              >
                {previewOf(file) === "picture" ? (
                  <img src={address} alt="" loading="lazy" width={72} height={54} />
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
          );
        })}
      </ul>
      {looking && (
        <Suspense>
          <Preview file={looking} close={() => setLooking(null)} />
        </Suspense>
      )}
    </>
  );
}
