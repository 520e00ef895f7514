import { Copy } from "@/components/Copy";
import { useText } from "@/i18n/text";
import type { SourceSecret } from "@/lib/shapes";

import { example } from "../example";

interface Given {
  made: SourceSecret;
  provider: string;
  /** The provider made the secret and whoever looks has just entered it. */
  given?: boolean;
}

/** Where to send, the secret this once, and a line to try it with. */
export function Secret({ made, provider, given = false }: Given) {
  const { t, time } = useText();
  const line = example(made, provider);
  return (
    <div className="stack">
      {made.url !== null && <Copy label={t("sources.wizard.url")} value={made.url} />}
      {made.address !== null && <Copy label={t("sources.wizard.address")} value={made.address} />}
      {given && <p className="hint">{t("sources.secret.taken")}</p>}
      {made.secret !== null && !given && (
        <>
          <Copy label={t("sources.wizard.secret")} value={made.secret} />
          <p className="hint">{t("sources.wizard.once")}</p>
        </>
      )}
      {made.former_until !== null && made.former_until !== undefined && (
        <p className="hint">{t("sources.former", { date: time(made.former_until) })}</p>
      )}
      {line !== null && !given && <Copy label={t("sources.wizard.try")} value={line} />}
    </div>
  );
}
