import { useQuery } from "@tanstack/react-query";

import { useText } from "@/i18n/text";
import { sourcesOptions } from "@/lib/queries/sources";

import { useSendTest } from "../api/changes";
import { useRefusedLately } from "../reasons";

/** Waits, live, until something arrives from the new source. */
export function FirstEvent({ id }: { id: number }) {
  const { t } = useText();
  const test = useSendTest();
  const refusedLately = useRefusedLately();
  const { data: source } = useQuery({
    ...sourcesOptions,
    select: ({ items }) => items.find((one) => one.id === id),
  });
  const arrived = (source?.received ?? 0) > 0;
  const refused = source && !arrived ? refusedLately(source) : undefined;
  return (
    <div className="waiting" data-arrived={arrived}>
      {!arrived && <span className="pulse" aria-hidden />}
      <span className="grow" role="status">
        {t(arrived ? "sources.arrived" : "sources.waiting")}
        {refused && <strong className="source-detail">{refused}</strong>}
      </span>
      {!arrived && (
        <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(id)}>
          {t("sources.test")}
        </button>
      )}
    </div>
  );
}
