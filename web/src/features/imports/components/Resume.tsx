import { useRef } from "react";

import { Button } from "@/components/Button";
import { useNotices } from "@/components/notices";
import { useText } from "@/i18n/text";
import type { MailImport } from "@/lib/shapes";

import { outbox } from "../upload/outbox";
import { beginningOf, type Chosen, parcels, picked } from "../upload/parcels";

/** Asks for the same file again, and goes on where it broke off: another file is refused. */
export function Resume({ one }: { one: MailImport }) {
  const { t, bytes } = useText();
  const { complain } = useNotices();
  const input = useRef<HTMLInputElement>(null);
  const goOn = async (chosen: readonly Chosen[]) => {
    for (const { name, content } of parcels(chosen)) {
      if (name !== one.name || content.size !== one.size) continue;
      if ((await beginningOf(content)) !== one.beginning) continue;
      outbox.drop(one.id);
      // The server knows best how far it is: it says so when a piece begins elsewhere.
      outbox.add(one.id, content, one.received);
      return;
    }
    complain(t("imports.another", { name: one.name, size: bytes(one.size) }));
  };
  return (
    <>
      <Button kind="primary" onClick={() => input.current?.click()}>
        {t("imports.resume")}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        data-resume={one.id}
        onChange={({ target }) => {
          const chosen = picked(target.files);
          target.value = "";
          if (chosen.length > 0) void goOn(chosen);
        }}
      />
    </>
  );
}
