import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";

import { operationsOptions } from "../api/operations";
import { BuriedList } from "./BuriedList";
import { Processes, Promises } from "./Health";
import { Replays } from "./Replays";
import { Speed } from "./Speed";
import { StageTable } from "./StageTable";

import "../operations.css";

const Searching = lazy(() => import("./Searching").then((file) => ({ default: file.Searching })));
const Charts = lazy(() => import("./Charts").then((file) => ({ default: file.Charts })));

/** How it goes, in one sentence, then in figures, then in lines. */
export function OperationsScreen() {
  const { t, bytes, language } = useText();
  const { data, error, refetch } = useQuery(operationsOptions(language));
  if (error && !data) return <Problem error={error} retry={refetch} />;
  if (!data) return <Skeleton lines={8} />;
  const { complete, bottleneck, stages, samples, processes, invariants } = data;
  return (
    <div className="screen">
      <header className="screen-head">
        <h1 className="grow">{t("operations.title")}</h1>
        <span className="muted label">
          {t("operations.database", { size: bytes(data.database_bytes) })} ·{" "}
          {t("operations.version", { version: data.version })}
        </span>
      </header>
      <div className="stack">
        <section className="card">
          <p className="sentence" role="status">
            {bottleneck}
          </p>
          <p>
            <span className={complete ? "badge good" : "badge warn"}>
              {t(complete ? "operations.complete" : "operations.incomplete")}
            </span>
          </p>
        </section>
        <section className="card">
          <h2>{t("operations.stages")}</h2>
          <StageTable stages={stages} />
        </section>
        <Suspense fallback={<div className="charts chart" />}>
          <Charts samples={samples} />
        </Suspense>
        <Speed latencies={data.latencies} load={data.load} />
        <Suspense fallback={<Skeleton lines={3} />}>
          <Searching searches={data.load.searches} />
        </Suspense>
        <BuriedList />
        <Replays />
        <div className="charts">
          <Promises invariants={invariants} />
          <Processes processes={processes} />
        </div>
      </div>
    </div>
  );
}
