import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";

import { Dialog } from "@/components/Dialog";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import type { Attachment } from "@/lib/shapes";

import { attachmentTextOptions } from "../api/attachmentText";
import { previewOf } from "../preview";

/** A picture, a page or a text, large; the file itself is one press away. */
export function Preview({ file, close }: { file: Attachment; close: () => void }) {
  const { t } = useText();
  const address = addressOf(`/api/v1/attachments/${file.id}`);
  return (
    <Dialog title={file.name} close={close} wide>
      <div className="preview">
        <Shown file={file} address={address} />
        <a className="button" href={address} download={file.name}>
          <Download aria-hidden className="icon" />
          {t("preview.download")}
        </a>
      </div>
    </Dialog>
  );
}

function Shown({ file, address }: { file: Attachment; address: string }) {
  switch (previewOf(file)) {
    case "picture":
      return <img src={address} alt={file.name} />;
    case "page":
      return <iframe title={file.name} src={`${address}?inline=1`} />;
    default:
      return <Words id={file.id} />;
  }
}

function Words({ id }: { id: number }) {
  const { data, error, refetch } = useQuery(attachmentTextOptions(id));
  if (error) return <Problem error={error} retry={refetch} />;
  if (data === undefined) return <Skeleton />;
  // It scrolls, so the keyboard must reach it.
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  return <pre tabIndex={0}>{data}</pre>;
}
