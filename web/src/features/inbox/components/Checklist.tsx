import { Link } from "@tanstack/react-router";
import { CircleCheck, Circle } from "lucide-react";

import { useText } from "@/i18n/text";
import type { Setup } from "@/lib/shapes";

const STEPS = [
  { done: "source", to: "/sources" },
  { done: "conversation", to: "/sources" },
  { done: "colleague", to: "/settings" },
  { done: "tag", to: "/settings" },
  { done: "view", to: "/inbox" },
] as const;

/** The first steps of a new workspace; each is ticked when it has been done, and leads to where it is done. */
export function Checklist({ setup }: { setup: Setup }) {
  const { t } = useText();
  const done = STEPS.filter((step) => setup[step.done]).length;
  return (
    <section className="checklist card" aria-labelledby="checklist-title">
      <h2 id="checklist-title">{t("setup.title")}</h2>
      <p className="muted">{t("setup.lead", { done, total: STEPS.length })}</p>
      <ol>
        {STEPS.map(({ done: name, to }) => (
          <li key={name} data-done={setup[name]}>
            {setup[name] ? (
              <CircleCheck className="icon" role="img" aria-label={t("setup.done")} />
            ) : (
              <Circle className="icon" role="img" aria-label={t("setup.toDo")} />
            )}
            <div>
              <Link to={to}>{t(`setup.${name}`)}</Link>
              <p className="muted label">{t(`setup.${name}.detail`)}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
