import { useQuery } from "@tanstack/react-query";

import { useText } from "@/i18n/text";
import { sourcesOptions } from "@/lib/queries/sources";

import { useSendTest } from "../api/changes";

/** Waits, live, until something arrives from the new source. */
export function FirstEvent({ id }: { id: number }) {
  const { t } = useText();
  const test = useSendTest();
  const { data: received = 0 } = useQuery({
    ...sourcesOptions,
    select: ({ items }) => items.find((source) => source.id === id)?.received ?? 0,
  });
  const arrived = received > 0;
  return (
    <div className="waiting" data-arrived={arrived}>
      {!arrived && <span className="pulse" aria-hidden />}
      <span className="grow" role="status">
        {t(arrived ? "sources.arrived" : "sources.waiting")}
      </span>
      {!arrived && (
        <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(id)}>
          {t("sources.test")}
        </button>
      )}
    </div>
  );
}
