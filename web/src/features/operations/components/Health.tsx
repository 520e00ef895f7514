import { CircleCheck, CircleX } from "lucide-react";

import { useText } from "@/i18n/text";
import type { Operations } from "@/lib/shapes";

const KNOWN = [
  "every_old_event_is_filed_or_buried",
  "every_old_message_is_in_a_conversation",
  "nothing_is_filed_that_was_not_stored",
] as const;
const isKnown = (name: string): name is (typeof KNOWN)[number] => KNOWN.some((one) => one === name);

/** What Posthus promises, and whether it holds now. */
export function Promises({ invariants }: Pick<Operations, "invariants">) {
  const { t } = useText();
  return (
    <section className="card">
      <h2>{t("operations.invariants")}</h2>
      <ul className="promises">
        {invariants.map(({ name, holds, detail }) => {
          const Icon = holds ? CircleCheck : CircleX;
          return (
            <li key={name}>
              <span className={holds ? "badge good" : "badge bad"}>
                <Icon aria-hidden className="icon small" />
                {t(holds ? "operations.holds" : "operations.broken")}
              </span>
              <span className="break">
                {isKnown(name) ? t(`operations.promise.${name}`) : name.replaceAll("_", " ")}
              </span>
              {!holds && <span className="muted break">{detail}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What runs, and what it uses. */
export function Processes({ processes }: Pick<Operations, "processes">) {
  const { t, bytes, percent } = useText();
  return (
    <section className="card">
      <h2>{t("operations.processes")}</h2>
      {/* It scrolls sideways on a phone, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="table-frame" tabIndex={0} role="region" aria-label={t("operations.processes")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("operations.role")}</th>
              <th scope="col">{t("operations.host")}</th>
              <th scope="col">{t("operations.processor")}</th>
              <th scope="col">{t("operations.memory")}</th>
            </tr>
          </thead>
          <tbody>
            {processes.map(({ role, host, pid, processor, memory_bytes: memory }) => (
              <tr key={`${host}${pid}`}>
                <th scope="row">{role}</th>
                <td>{host}</td>
                <td>{percent(processor)}</td>
                <td>{bytes(memory)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
