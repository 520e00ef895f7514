import { FileUp } from "lucide-react";
import { useRef, useState } from "react";

import { Button } from "@/components/Button";
import { useText } from "@/i18n/text";

import { type Chosen, dropped, picked } from "../upload/parcels";

interface Given {
  take: (files: readonly Chosen[]) => void;
  busy: boolean;
}

/** A place to drop files and folders on; the buttons do the same for the keyboard and the phone. */
export function DropZone({ take, busy }: Given) {
  const { t } = useText();
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const inputs = [
    { ref: files, name: "files" as const, folder: false },
    { ref: folder, name: "folder" as const, folder: true },
  ];
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="drop-zone"
      role="group"
      aria-label={t("imports.drop.label")}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void dropped(event.dataTransfer).then(take);
      }}
    >
      <FileUp aria-hidden className="state-icon" />
      <p className="only-desktop">{t("imports.drop")}</p>
      <div className="drop-buttons">
        {inputs.map(({ ref, name, folder: whole }) => (
          <div key={name} className={whole ? "only-desktop" : undefined}>
            <Button kind={whole ? "plain" : "primary"} disabled={busy} onClick={() => ref.current?.click()}>
              {t(`imports.choose.${name}`)}
            </Button>
            <input
              ref={ref}
              type="file"
              hidden
              multiple
              // @ts-expect-error React knows the attribute only as HTML has it
              webkitdirectory={whole ? "" : undefined}
              data-choose={name}
              onChange={({ target }) => {
                take(picked(target.files));
                target.value = "";
              }}
            />
          </div>
        ))}
      </div>
      <p className="muted label">{t("imports.kinds")}</p>
    </div>
  );
}
