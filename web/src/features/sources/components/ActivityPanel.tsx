import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Problem } from "@/components/Problem";
import { Select } from "@/components/Select";
import { Skeleton } from "@/components/Skeleton";
import { Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { RefusedFor, Source, SourceActivity } from "@/lib/shapes";

import { activityOptions, type Step } from "../api/details";
import { useReason } from "../reasons";

/** What a source sent and what was refused, as bars over the last day or month, and why it was refused. */
export function ActivityPanel({ source }: { source: Source }) {
  const { t, age, number } = useText();
  const nameOf = useReason();
  const [step, setStep] = useState<Step>("hour");
  const { data, error, refetch } = useQuery(activityOptions(source.id, step));
  return (
    <div className="stack">
      <Select
        label={t("sources.activity.period")}
        value={step}
        options={(["hour", "day"] as const).map((value) => ({
          value,
          label: t(`sources.activity.${value}`),
        }))}
        change={setStep}
      />
      {error && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton />}
      {data && <Bars activity={data} />}
      {data && data.refused.length > 0 && (
        <Table<RefusedFor>
          label={t("sources.refused")}
          keyOf={({ reason }) => reason}
          rows={data.refused}
          columns={[
            {
              name: "reason",
              title: t("sources.refused"),
              cell: ({ reason, detail }) => (
                <>
                  {nameOf(reason)}
                  <span className="muted label source-detail">{detail}</span>
                </>
              ),
            },
            { name: "count", title: t("sources.count"), align: "end", cell: ({ count }) => number(count) },
            { name: "last", title: t("sources.last"), align: "end", cell: (row) => age(row.last_at) },
          ]}
        />
      )}
      {data?.refused.length === 0 && <p className="muted label">{t("sources.refused.none")}</p>}
    </div>
  );
}

function Bars({ activity }: { activity: SourceActivity }) {
  const { t, number, locale } = useText();
  const received = activity.received.reduce((sum, one) => sum + one.received, 0);
  const refused = activity.received.reduce((sum, one) => sum + one.refused, 0);
  const most = Math.max(1, ...activity.received.map((one) => one.received + one.refused));
  const when = new Intl.DateTimeFormat(
    locale,
    activity.step === "hour" ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" },
  );
  const ends = [activity.received[0], activity.received.at(-1)];
  return (
    <figure className="bars">
      <figcaption className="label">
        {t("sources.activity.sum", { received: number(received), refused: number(refused) })}
      </figcaption>
      <div className="bars-frame" aria-hidden>
        {activity.received.map((one) => (
          <span
            key={one.at}
            className="bar"
            title={`${when.format(new Date(one.at))}: ${number(one.received)}`}
          >
            <span className="bar-refused" style={{ blockSize: `${(100 * one.refused) / most}%` }} />
            <span className="bar-received" style={{ blockSize: `${(100 * one.received) / most}%` }} />
          </span>
        ))}
      </div>
      <div className="bars-ends muted label" aria-hidden>
        {ends.map((one) => one && <span key={one.at}>{when.format(new Date(one.at))}</span>)}
      </div>
    </figure>
  );
}
