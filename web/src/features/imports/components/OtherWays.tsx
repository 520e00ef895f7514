import { Link } from "@tanstack/react-router";

import { Copy } from "@/components/Copy";
import { useText } from "@/i18n/text";

/** As a shell takes it, whatever is in the name. */
const quoted = (name: string): string =>
  /^[\w. -]+$/u.test(name) ? `"${name}"` : `'${name.replaceAll("'", `'\\''`)}'`;

/** What a browser is not best at. */
export function OtherWays({ source }: { source: string }) {
  const { t } = useText();
  return (
    <details>
      <summary>{t("imports.other")}</summary>
      <div className="other-ways">
        <p>{t("imports.other.command")}</p>
        <Copy label={t("imports.other.label")} value={`posthus import PATH --source ${quoted(source)}`} />
        <p>
          {t("imports.other.mailbox")} <Link to="/mailboxes">{t("mailboxes.title")}</Link>
        </p>
        <p className="muted label">{t("imports.other.outlook")}</p>
      </div>
    </details>
  );
}
