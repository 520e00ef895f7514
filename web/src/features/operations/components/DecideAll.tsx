import { useQuery } from "@tanstack/react-query";

import { Confirm } from "@/components/Confirm";
import { useNotices } from "@/components/notices";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";

import { countOptions, type Decision, useDecideAll } from "../api/operations";
import type { OperationsView } from "../view";

/** Asks, with the number, before every buried item that matches is replayed or dropped. */
export function DecideAll({
  what,
  view,
  close,
}: {
  what: Decision;
  view: OperationsView;
  close: () => void;
}) {
  const { t } = useText();
  const { say } = useNotices();
  const { data } = useQuery({ ...countOptions(view), refetchOnMount: "always" });
  const decide = useDecideAll(view);
  const run = () =>
    decide.mutate(what, {
      onSuccess: ({ count }) => {
        say(t(`operations.buried.${what}AllDone`, { count }));
        close();
      },
    });
  return (
    <Confirm
      title={t(`operations.buried.${what}All`)}
      confirm={t(`operations.buried.${what}`)}
      danger={what === "drop"}
      busy={decide.isPending || data === undefined}
      run={run}
      close={close}
    >
      {data ? <p>{t(`operations.buried.${what}AllSure`, { count: data.count })}</p> : <Skeleton />}
    </Confirm>
  );
}
