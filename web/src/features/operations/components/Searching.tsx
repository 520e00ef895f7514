import { useQuery } from "@tanstack/react-query";

import { Age } from "@/components/Age";
import { Problem } from "@/components/Problem";
import { Progress } from "@/components/Progress";
import { Skeleton } from "@/components/Skeleton";
import { Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { Operations, Vectors } from "@/lib/shapes";

import { vectorsOptions } from "../api/operations";

const INDEXED_FROM = 50_000;

/** How search is served: by which model, through which indexes, and how much from memory. */
export function Searching({ searches }: Pick<Operations["load"], "searches">) {
  const { t } = useText();
  const { data, error, refetch } = useQuery(vectorsOptions);
  return (
    <section className="card">
      <h2>{t("operations.search")}</h2>
      {error && !data && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton lines={3} />}
      <dl className="facts">
        {data && <ModelFacts {...data} />}
        <MemoryFacts searches={searches} />
      </dl>
      {data?.change && <Change change={data.change} />}
      {data && data.indexes.length > 0 && <Indexes indexes={data.indexes} />}
      {data && data.use.length > 0 && <Use use={data.use} />}
    </section>
  );
}

function ModelFacts({ models, indexes }: Vectors) {
  const { t, number } = useText();
  const serving = models.find(({ state }) => state === "serving");
  const exact = serving && !indexes.some(({ model }) => model === serving.model);
  const bound = number(INDEXED_FROM);
  return (
    <>
      <div>
        <dt>{t("operations.vectors.model")}</dt>
        <dd>
          {serving ? (
            <>
              {t("operations.vectors.model.serving", {
                model: serving.model,
                dimensions: serving.dimensions,
              })}{" "}
              <span className="muted">
                {t(`operations.vectors.model.${serving.elsewhere ? "elsewhere" : "local"}`)}
              </span>
            </>
          ) : (
            t("operations.vectors.model.none")
          )}
        </dd>
      </div>
      {exact && (
        <div>
          <dt>{t("operations.vectors.count")}</dt>
          <dd>
            {serving.vectors < INDEXED_FROM
              ? t("operations.vectors.count.exact", { vectors: number(serving.vectors), bound })
              : t("operations.vectors.count.soon", { bound })}
          </dd>
        </div>
      )}
    </>
  );
}

function MemoryFacts({ searches }: Pick<Operations["load"], "searches">) {
  const { t, number, percent, duration } = useText();
  const remembered = searches.kept + searches.updated;
  const count = remembered + searches.new;
  if (count === 0) return null;
  const facts = [
    ["memory", t("operations.search.memory.of", { share: percent(remembered / count), count })],
    ["updated", number(searches.updated)],
    ["saved", duration(searches.seconds_saved)],
  ] as const;
  return facts.map(([name, value]) => (
    <div key={name} data-memory={name}>
      <dt>{t(`operations.search.${name}`)}</dt>
      <dd>{value}</dd>
    </div>
  ));
}

function Change({ change }: { change: NonNullable<Vectors["change"]> }) {
  const { t, number, duration } = useText();
  const { messages: total, renewed: done, seconds } = change;
  const said = t("operations.vectors.change", { model: change.model, serving: change.serving });
  return (
    <div className="buried-item" data-change>
      <span className="grow">{said}</span>
      <span className="muted">
        {t("operations.vectors.change.done", { done: number(done), total: number(total) })}
        {done > 0 &&
          done < total &&
          ` · ${t("operations.vectors.change.left", { time: duration((seconds / done) * (total - done)) })}`}
      </span>
      <Progress label={said} done={total === 0 ? 0 : done / total} />
    </div>
  );
}

type Index = Vectors["indexes"][number];

function Indexes({ indexes }: Pick<Vectors, "indexes">) {
  const { t, number, percent, bytes, duration } = useText();
  return (
    <Table
      label={t("operations.vectors.indexes")}
      rows={indexes}
      keyOf={({ model }) => model}
      columns={[
        { name: "model", title: t("operations.vectors.model"), cell: ({ model }) => model },
        { name: "state", title: t("operations.vectors.state"), cell: (index) => <State index={index} /> },
        {
          name: "vectors",
          title: t("operations.vectors.count"),
          cell: ({ present, vectors }) => number(present || vectors),
          align: "end",
        },
        {
          name: "size",
          title: t("operations.vectors.size"),
          cell: (index) => (index.bytes === 0 ? "–" : bytes(index.bytes)),
          align: "end",
        },
        {
          name: "grown",
          title: t("operations.vectors.grown"),
          cell: ({ grown }) => (grown === null ? "–" : percent(grown)),
          align: "end",
        },
        {
          name: "built",
          title: t("operations.vectors.built"),
          cell: ({ state, changed_at: at }) => (state === "ready" ? <Age at={at} /> : "–"),
          align: "end",
        },
        {
          name: "took",
          title: t("operations.vectors.took"),
          cell: ({ seconds }) => (seconds === null ? "–" : duration(seconds)),
          align: "end",
        },
      ]}
    />
  );
}

function State({ index: { state, done, error } }: { index: Index }) {
  const { t, percent } = useText();
  switch (state) {
    case "ready":
      return <span className="badge good">{t("operations.vectors.state.ready")}</span>;
    case "failed":
      return (
        <>
          <span className="badge bad">{t("operations.vectors.state.failed")}</span>{" "}
          <span className="break">{error}</span>
        </>
      );
    case "building":
    case "rebuilding": {
      const said = t(`operations.vectors.state.${state}`, { done: percent(done) });
      return (
        <>
          <span className="badge warn">{said}</span>
          <Progress label={said} done={done} />
        </>
      );
    }
  }
}

function Use({ use }: Pick<Vectors, "use">) {
  const { t, number } = useText();
  return (
    <>
      <h3 className="label">{t("operations.vectors.use")}</h3>
      <Table
        label={t("operations.vectors.use")}
        rows={use}
        keyOf={({ model }) => model}
        columns={[
          { name: "model", title: t("operations.vectors.model"), cell: ({ model }) => model },
          ...(["requests", "texts", "tokens", "refused"] as const).map((name) => ({
            name,
            title: t(`operations.vectors.${name}`),
            cell: (row: Vectors["use"][number]) => number(row[name]),
            align: "end" as const,
          })),
        ]}
      />
    </>
  );
}
