import "uplot/dist/uPlot.min.css";

import { type CSSProperties, useEffect, useRef } from "react";
import UPlot from "uplot";

import { useText } from "@/i18n/text";
import { useTheme } from "@/lib/preferences";
import type { StageSample } from "@/lib/shapes";

import { lines, type Lines } from "../lines";
import { useStageName } from "../useStageName";

/** Work done and work waiting over the last while, a line for each stage. */
export function Charts({ samples }: { samples: readonly StageSample[] }) {
  const { t } = useText();
  if (samples.length < 2) return null;
  return (
    <div className="charts">
      <Chart title={t("operations.chart.rates")} lines={lines(samples, ({ out_rate: rate }) => rate)} />
      <Chart title={t("operations.chart.backlog")} lines={lines(samples, ({ backlog }) => backlog)} />
    </div>
  );
}

const COLOURS = [
  ["#1f4fb5", "#9dbcff"],
  ["#8a4b00", "#f0bd6a"],
  ["#1b6b3a", "#7fd49b"],
  ["#8c2f7a", "#eaa6dc"],
] as const;

function isDark(): boolean {
  const scheme = document.documentElement.style.colorScheme;
  return scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function Chart({ title, lines: { stages, table } }: { title: string; lines: Lines }) {
  const { t, number, locale } = useText();
  const theme = useTheme();
  const nameOf = useStageName();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const latest = useRef(table);
  useEffect(() => {
    latest.current = table;
    plot.current?.setData(table);
  }, [table]);

  const drawn = stages.join(" ");
  useEffect(() => {
    const node = frame.current;
    if (!node) return;
    const style = getComputedStyle(node);
    const dark = isDark() ? 1 : 0;
    const axis = {
      stroke: style.color,
      grid: { stroke: dark ? "#2e3137" : "#e4e0d9", width: 1 },
      ticks: { show: false },
    };
    const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    const amount = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
    const chart = new UPlot(
      {
        width: node.clientWidth,
        height: node.clientHeight,
        cursor: { show: false },
        legend: { show: false },
        scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.1)] } },
        axes: [
          {
            ...axis,
            // A minute is named once, also where it has several lines.
            values: (_chart, times) =>
              times
                .map((time) => clock.format(time * 1000))
                .map((label, at, labels) => (label === labels[at - 1] ? "" : label)),
          },
          { ...axis, size: 52, values: (_chart, values) => values.map((value) => amount.format(value)) },
        ],
        series: [
          {},
          ...drawn.split(" ").map((_, place) => ({
            stroke: COLOURS[place % COLOURS.length]?.[dark] ?? "#888",
            width: 1.75,
            points: { show: false },
          })),
        ],
      },
      latest.current,
      node,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() =>
      chart.setSize({ width: node.clientWidth, height: node.clientHeight }),
    );
    observer.observe(node);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [drawn, locale, theme]);

  const described = stages.map((stage, place) => {
    const values = (table[place + 1] ?? []) as (number | null)[];
    const known = values.filter((value) => value !== null);
    const now = number(known.at(-1) ?? 0, 1);
    return t("operations.chart.described", {
      title,
      stage: nameOf(stage),
      now,
      highest: number(Math.max(0, ...known), 1),
    });
  });
  return (
    <section className="card">
      <header className="chart-head">
        <h2>{title}</h2>
        <div className="chart-legend">
          {stages.map((stage, place) => (
            <span
              key={stage}
              style={
                {
                  "--series": `light-dark(${COLOURS[place % COLOURS.length]?.join(", ") ?? ""})`,
                } as CSSProperties
              }
            >
              {nameOf(stage)}
            </span>
          ))}
        </div>
      </header>
      <div className="chart muted" ref={frame} role="img" aria-label={described.join(". ")} />
    </section>
  );
}
