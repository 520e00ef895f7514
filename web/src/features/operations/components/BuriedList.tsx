import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { useText } from "@/i18n/text";

import { buriedOptions, type Decision } from "../api/operations";
import { useStageName } from "../useStageName";
import { BuriedFilters } from "./BuriedFilters";

const BuriedItem = lazy(() => import("./BuriedItem").then((file) => ({ default: file.BuriedItem })));
const DecideAll = lazy(() => import("./DecideAll").then((file) => ({ default: file.DecideAll })));

/** What kept failing and was laid aside, never dropped. */
export function BuriedList() {
  const { t } = useText();
  const nameOf = useStageName();
  const view = useSearch({ from: "/operations" });
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(buriedOptions(view));
  const [looked, look] = useState<number | null>(null);
  const [decision, decide] = useState<Decision | null>(null);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.keys(view).length > 0;
  return (
    <section className="card">
      <header className="chart-head">
        <h2>{t("operations.buriedTitle")}</h2>
        {items.length > 0 && (
          <div className="buried-all">
            <Button onClick={() => decide("replay")}>{t("operations.buried.replayAll")}</Button>
            <Button onClick={() => decide("drop")}>{t("operations.buried.dropAll")}</Button>
          </div>
        )}
      </header>
      {(items.length > 0 || filtered) && <BuriedFilters view={view} />}
      {error && <Problem error={error} retry={refetch} />}
      {data && items.length === 0 && (
        <p className="muted" role="status">
          {t(filtered ? "operations.buried.noMatch" : "operations.buried.none")}
        </p>
      )}
      <ul className="plain-list">
        {items.map(({ id, stage, source, error: reason, attempts, buried_at: at }) => (
          <li key={id} className="buried-item" data-buried={id}>
            <span className="badge">{nameOf(stage)}</span>
            <span className="grow">{reason}</span>
            <span className="muted">{source?.name}</span>
            <span className="muted">{t("operations.buried.attempts", { count: attempts })}</span>
            <Age at={at} />
            <Button onClick={() => look(id)}>{t("operations.buried.look")}</Button>
          </li>
        ))}
      </ul>
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t("operations.more")}</Button>}
      <Suspense>
        {looked !== null && <BuriedItem id={looked} close={() => look(null)} />}
        {decision !== null && <DecideAll what={decision} view={view} close={() => decide(null)} />}
      </Suspense>
    </section>
  );
}
