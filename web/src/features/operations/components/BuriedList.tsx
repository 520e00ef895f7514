import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { Age } from "@/components/Age";
import { Problem } from "@/components/Problem";
import { useText } from "@/i18n/text";

import { buriedOptions } from "../api/operations";
import { useStageName } from "../useStageName";

const BuriedItem = lazy(() => import("./BuriedItem").then((file) => ({ default: file.BuriedItem })));

/** What kept failing and was laid aside, never dropped. */
export function BuriedList() {
  const { t } = useText();
  const nameOf = useStageName();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(buriedOptions);
  const [looked, look] = useState<number | null>(null);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card">
      <h2>{t("operations.buriedTitle")}</h2>
      {error && <Problem error={error} retry={refetch} />}
      {data && items.length === 0 && <p className="muted">{t("operations.buried.none")}</p>}
      <ul className="plain-list">
        {items.map(({ id, stage, source, error: reason, attempts, buried_at: at }) => (
          <li key={id} className="buried-item" data-buried={id}>
            <span className="badge">{nameOf(stage)}</span>
            <span className="grow">{reason}</span>
            <span className="muted">{source?.name}</span>
            <span className="muted">{t("operations.buried.attempts", { count: attempts })}</span>
            <Age at={at} />
            <button type="button" className="button" onClick={() => look(id)}>
              {t("operations.buried.look")}
            </button>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          {t("operations.more")}
        </button>
      )}
      <Suspense>{looked !== null && <BuriedItem id={looked} close={() => look(null)} />}</Suspense>
    </section>
  );
}
