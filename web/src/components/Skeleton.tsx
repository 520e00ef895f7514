import { useText } from "@/i18n/text";
import { useDelayed } from "@/lib/delayed";

/** Grey lines where content will stand; shown only when it takes longer than 100 ms. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useText();
  const late = useDelayed(true);
  return (
    <div className="skeleton" role="status" aria-label={t("app.loading")} data-late={late}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ inlineSize: `${92 - ((line * 23) % 50)}%` }} />
      ))}
    </div>
  );
}
