import type { AlignedData } from "uplot";

import type { StageSample } from "@/lib/shapes";

export interface Lines {
  stages: string[];
  /** Seconds since 1970, then one column for each stage; null where a stage has no sample. */
  table: AlignedData;
}

/** Samples of all stages as the columns that a plot draws. */
export function lines(samples: readonly StageSample[], value: (sample: StageSample) => number): Lines {
  const stages = [...new Set(samples.map(({ stage }) => stage))];
  const times = [...new Set(samples.map(({ at }) => Math.round(Date.parse(at) / 1000)))].sort(
    (a, b) => a - b,
  );
  const place = new Map(times.map((time, index) => [time, index]));
  const columns = stages.map(() => new Array<number | null>(times.length).fill(null));
  for (const sample of samples) {
    const row = place.get(Math.round(Date.parse(sample.at) / 1000));
    const column = columns[stages.indexOf(sample.stage)];
    if (row !== undefined && column) column[row] = value(sample);
  }
  return { stages, table: [times, ...columns] };
}
