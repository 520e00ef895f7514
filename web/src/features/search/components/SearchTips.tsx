import { useText } from "@/i18n/text";

const TIPS = ["phrase", "minus", "from", "company", "file", "dates", "subject", "state"] as const;

/** What can be typed beside plain words; each example can be tried at once. */
export function SearchTips({ try: tryOut }: { try: (q: string) => void }) {
  const { t } = useText();
  return (
    <dl className="search-tips" aria-label={t("search.tips")}>
      {TIPS.map((tip) => (
        <div key={tip}>
          <dt>
            <button type="button" className="tip" onClick={() => tryOut(t(`search.tip.${tip}`))}>
              <code>{t(`search.tip.${tip}`)}</code>
            </button>
          </dt>
          <dd className="muted">{t(`search.tip.${tip}.means`)}</dd>
        </div>
      ))}
    </dl>
  );
}
