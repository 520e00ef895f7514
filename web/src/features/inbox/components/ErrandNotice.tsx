import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { Button } from "@/components/Button";
import { useNotices } from "@/components/notices";
import { Progress } from "@/components/Progress";
import { useTakeBack } from "@/components/useActions";
import { useText } from "@/i18n/text";
import { errandOptions, isOver, useStopErrand } from "@/lib/queries/errands";

/** A change to many conversations as it goes on in the database; it can be stopped, and taken back when done. */
export function ErrandNotice({ id, over }: { id: number; over: () => void }) {
  const { t } = useText();
  const { say, complain } = useNotices();
  const takeBack = useTakeBack();
  const { data } = useQuery(errandOptions(id));
  const { mutate: stop, isPending } = useStopErrand();
  useEffect(() => {
    if (!data || !isOver(data)) return;
    const { undo, changed, error, state } = data;
    if (state === "failed") complain(t("action.refused", { detail: error }));
    else say(t("bulk.done", { count: changed }), undo ? () => takeBack(undo.id) : undefined);
    over();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told once, when it is over
  }, [data]);
  if (!data || isOver(data)) return null;
  return (
    <div className="errand">
      <span>{t("bulk.running", { done: data.done, total: data.total })}</span>
      <Progress label={t("bulk.progress")} done={data.total === 0 ? 0 : data.done / data.total} />
      <Button kind="quiet" disabled={isPending} onClick={() => stop(id)}>
        {t("bulk.stop")}
      </Button>
    </div>
  );
}
