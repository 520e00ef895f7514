import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { type Column, Table } from "@/components/Table";
import { useText } from "@/i18n/text";
import type { SearchExplanation } from "@/lib/shapes";

import { explanationOptions, type SearchQuestion } from "../api/search";

/** Why these were found: the words and their weights, the steps with their times, and each hit's places. */
export function Explanation({ question }: { question: SearchQuestion }) {
  const { t, number } = useText();
  const { data, error, refetch } = useQuery({
    ...explanationOptions(question),
    placeholderData: keepPreviousData,
  });
  if (error) return <Problem error={error} retry={refetch} />;
  if (!data) return <Skeleton lines={5} />;
  return (
    <section className="explanation" aria-label={t("search.explain")}>
      <p className="muted">
        {t("search.explain.total", { milliseconds: number(data.milliseconds) })}{" "}
        {t(`search.cache.${data.cache}`)}
      </p>
      <MemoryLine memory={data.memory} />
      <p className="muted">{t(`search.way.${data.way ?? "not"}`)}</p>
      <Words words={data.words} />
      <Steps steps={data.steps} whole={data.milliseconds} />
      <Reasons hits={data.hits} />
    </section>
  );
}

function MemoryLine({ memory }: { memory: SearchExplanation["memory"] }) {
  const { t, percent, duration } = useText();
  const remembered = memory.kept + memory.updated;
  if (remembered === 0) return null;
  return (
    <p className="muted" data-memory>
      {t("search.memory", {
        share: percent(remembered / (remembered + memory.new)),
        time: duration(memory.seconds_saved),
      })}
    </p>
  );
}

type Word = SearchExplanation["words"][number];
type Reason = SearchExplanation["hits"][number];

function Words({ words }: { words: readonly Word[] }) {
  const { t, number } = useText();
  if (words.length === 0) return null;
  const columns: Column<Word>[] = [
    { name: "word", title: t("search.explain.word"), cell: ({ said }) => said },
    {
      name: "forms",
      title: t("search.explain.forms"),
      cell: ({ meant, forms }) =>
        meant ? `${t("search.explain.meant")} ${forms.join(", ")}` : forms.join(", "),
    },
    {
      name: "messages",
      title: t("search.explain.messages"),
      cell: ({ messages, common }) => (common ? t("search.explain.common") : number(messages)),
      align: "end",
    },
    {
      name: "weight",
      title: t("search.explain.weight"),
      cell: ({ weight }) => number(weight, 1),
      align: "end",
    },
  ];
  return (
    <Table label={t("search.explain.words")} columns={columns} rows={words} keyOf={({ said }) => said} />
  );
}

function Steps({ steps, whole }: { steps: SearchExplanation["steps"]; whole: number }) {
  const { t, number } = useText();
  return (
    <ol className="steps" aria-label={t("search.explain.steps")}>
      {steps.map(({ name, milliseconds, found }, place) => (
        <li key={place}>
          <span>{stepName(t, name)}</span>
          <span className="bar" aria-hidden>
            <span style={{ inlineSize: `${Math.min(100, (100 * milliseconds) / Math.max(whole, 0.01))}%` }} />
          </span>
          <span className="figure">
            {t("search.explain.milliseconds", { milliseconds: number(milliseconds, 1) })}
          </span>
          <span className="figure muted">{found === null ? "" : number(found)}</span>
        </li>
      ))}
    </ol>
  );
}

const STEPS = ["understand", "every", "any", "plan", "question", "meaning", "show", "people"] as const;

function stepName(t: ReturnType<typeof useText>["t"], name: string): string {
  const step = STEPS.find((one) => one === name);
  return step === undefined ? name : t(`search.step.${step}`);
}

const ARMS = ["every", "any", "meaning"] as const;

function Reasons({ hits }: { hits: readonly Reason[] }) {
  const { t, number } = useText();
  if (hits.length === 0) return null;
  const columns: Column<Reason>[] = [
    { name: "message", title: t("search.messages"), cell: ({ subject }) => subject || t("inbox.noSubject") },
    ...ARMS.map<Column<Reason>>((arm) => ({
      name: arm,
      title: t(`search.step.${arm}`),
      cell: ({ places }) => (places[arm] === undefined ? "–" : number(places[arm])),
      align: "end",
    })),
    {
      name: "likeness",
      title: t("search.explain.likeness"),
      cell: ({ likeness }) => (likeness === null ? "–" : number(likeness, 2)),
      align: "end",
    },
    { name: "had", title: t("search.explain.had"), cell: ({ words }) => words.join(", ") },
  ];
  return (
    <Table
      label={t("search.explain.hits")}
      columns={columns}
      rows={hits.slice(0, 10)}
      keyOf={({ message_id }) => message_id}
    />
  );
}
