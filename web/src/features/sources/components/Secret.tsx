import { Copy } from "@/components/Copy";
import { useText } from "@/i18n/text";
import type { SourceSecret } from "@/lib/shapes";

import { example } from "../example";

/** Where to send, the secret this once, and a line to try it with. */
export function Secret({ made, provider }: { made: SourceSecret; provider: string }) {
  const { t } = useText();
  const line = example(made, provider);
  return (
    <div className="stack">
      {made.url !== null && <Copy label={t("sources.wizard.url")} value={made.url} />}
      {made.address !== null && <Copy label={t("sources.wizard.address")} value={made.address} />}
      {made.secret !== null && (
        <>
          <Copy label={t("sources.wizard.secret")} value={made.secret} />
          <p className="hint">{t("sources.wizard.once")}</p>
        </>
      )}
      {line !== null && <Copy label={t("sources.wizard.try")} value={line} />}
    </div>
  );
}
