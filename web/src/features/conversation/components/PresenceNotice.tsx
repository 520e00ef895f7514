import { Eye, PencilLine } from "lucide-react";

import { useText } from "@/i18n/text";
import type { Present } from "@/lib/shapes";

/** Says that a colleague is here too, before two people do the same thing. */
export function PresenceNotice({ others }: { others: readonly Present[] }) {
  const { t, list } = useText();
  const writing = others.filter(({ state }) => state === "writing");
  const named = (who: readonly Present[]) => list(who.map(({ member }) => member.name));
  return (
    <div role="status" className="presence" hidden={others.length === 0}>
      {writing.length > 0 ? (
        <>
          <PencilLine aria-hidden className="icon small" />
          {t("presence.writing", { names: named(writing) })}
        </>
      ) : (
        others.length > 0 && (
          <>
            <Eye aria-hidden className="icon small" />
            {t("presence.looking", { names: named(others) })}
          </>
        )
      )}
    </div>
  );
}
