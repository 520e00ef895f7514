import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";

import { useText } from "@/i18n/text";

/** A value to be taken along: shown whole, copied with one press. */
export function Copy({ label, value }: { label: string; value: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <div className="copy">
      <span className="label">{label}</span>
      <div className="copy-row">
        {/* A long value scrolls, so the keyboard must reach it. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre tabIndex={0} aria-label={label}>
          <code>{value}</code>
        </pre>
        <button type="button" className="button" onClick={() => void copy()}>
          {copied ? <Check aria-hidden className="icon" /> : <CopyIcon aria-hidden className="icon" />}
          <span aria-live="polite">{copied ? t("app.copied") : t("app.copy")}</span>
        </button>
      </div>
    </div>
  );
}
