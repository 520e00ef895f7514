import { Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { Operations } from "@/lib/shapes";

const STEPS = ["filed", "linked", "indexed"] as const;

/** How long messages take from being received to each step, and what else tells how it goes. */
export function Speed({ latencies, load }: Pick<Operations, "latencies" | "load">) {
  const { t, duration, number, percent, bytes } = useText();
  const nameOf = (step: string) => {
    const known = STEPS.find((name) => name === step);
    return known === undefined ? step : t(`operations.speed.${known}`);
  };
  const facts = [
    ["processor", load.processor === null ? "–" : percent(load.processor)],
    ["cache", load.cache_hit_ratio === null ? "–" : percent(load.cache_hit_ratio)],
    [
      "spool",
      load.spool_events === 0
        ? t("operations.speed.spoolEmpty")
        : t("operations.speed.spooled", {
            count: load.spool_events,
            size: bytes(load.spool_bytes),
            age: duration(load.spool_seconds),
          }),
    ],
  ] as const;
  return (
    <section className="card">
      <h2>{t("operations.speed")}</h2>
      {latencies.length === 0 ? (
        <p className="muted">{t("operations.speed.none")}</p>
      ) : (
        <Table
          label={t("operations.speed")}
          rows={latencies}
          keyOf={({ step }) => step}
          columns={[
            { name: "step", title: t("operations.speed.step"), cell: ({ step }) => nameOf(step) },
            ...(["p50", "p95", "p99"] as const).map((name) => ({
              name,
              title: t(`operations.speed.${name}`),
              align: "end" as const,
              cell: (row: Operations["latencies"][number]) => duration(Math.max(0, row[name])),
            })),
            {
              name: "messages",
              title: t("operations.speed.messages"),
              align: "end",
              cell: ({ messages }) => number(messages),
            },
          ]}
        />
      )}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`operations.speed.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
