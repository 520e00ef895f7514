import { useText } from "@/i18n/text";
import type { Stage } from "@/lib/shapes";

import { useStageName } from "../useStageName";

/** Each kind of work: what comes in, what gets done, and what waits. */
export function StageTable({ stages }: { stages: readonly Stage[] }) {
  const { t, number, duration } = useText();
  const nameOf = useStageName();
  const heads = [
    "stage",
    "in",
    "out",
    "backlog",
    "oldest",
    "drain",
    "workers",
    "retrying",
    "buried",
  ] as const;
  return (
    // It scrolls sideways on a phone, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-frame" tabIndex={0} role="region" aria-label={t("operations.stages")}>
      <table className="table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`operations.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.stage} data-stage={stage.stage}>
              <th scope="row">{nameOf(stage.stage)}</th>
              <td>{number(stage.in_rate, 1)}</td>
              <td>{number(stage.out_rate, 1)}</td>
              <td>{number(stage.backlog)}</td>
              <td>{stage.backlog === 0 ? "–" : duration(stage.oldest_seconds)}</td>
              <td>{drain(stage, duration, t("operations.drain.never"))}</td>
              <td>{number(stage.workers)}</td>
              <td>{number(stage.retrying)}</td>
              <td>{stage.buried > 0 ? <span className="badge bad">{number(stage.buried)}</span> : "0"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function drain(stage: Stage, duration: (seconds: number) => string, never: string): string {
  if (stage.backlog === 0) return "–";
  return stage.seconds_to_drain === null ? never : duration(stage.seconds_to_drain);
}
