import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Age } from "@/components/Age";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { useTakeBack } from "@/components/useActions";
import { useRefused } from "@/components/useRefused";
import { useText } from "@/i18n/text";
import { useSettled } from "@/lib/delayed";
import { pickOptions } from "@/lib/queries/pick";
import { useMerge } from "@/lib/queries/regroup";
import type { Conversation } from "@/lib/shapes";

/** Makes other conversations part of this one: first those with the same person or company, then any by subject. */
export function MergeDialog({ conversation, close }: { conversation: Conversation; close: () => void }) {
  const { t } = useText();
  const { say } = useNotices();
  const refused = useRefused();
  const takeBack = useTakeBack();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set<number>());
  const words = useSettled(typed.trim(), 200);
  const { data, error, refetch } = useQuery({
    ...pickOptions(conversation, words),
    placeholderData: keepPreviousData,
  });
  const merge = useMerge(conversation.id);
  const found = data?.items.filter(({ id }) => id !== conversation.id) ?? [];
  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const run = () =>
    merge.mutate([...chosen], {
      onSuccess: ({ undo }) => {
        say(t("merge.done", { count: chosen.size }), undo ? () => takeBack(undo.id) : undefined);
        close();
      },
      onError: refused,
    });
  return (
    <Dialog title={t("merge.title")} close={close} wide>
      <div className="form">
        <p className="muted">{t("merge.lead")}</p>
        <TextField
          label={t("merge.find")}
          hint={t("merge.find.hint")}
          value={typed}
          autoFocus
          onChange={({ target }) => setTyped(target.value)}
        />
        {error && <Problem error={error} retry={refetch} />}
        {data && found.length === 0 && <p className="muted">{t("merge.none")}</p>}
        <ul className="pick-list" aria-label={t("merge.found")}>
          {found.map(({ id, subject, contact, last_message_at: at }) => (
            <li key={id}>
              <label>
                <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
                <span className="grow cut">{subject || t("inbox.noSubject")}</span>
                <span className="muted cut">{contact?.name ?? ""}</span>
                <Age at={at} />
              </label>
            </li>
          ))}
        </ul>
        <div className="form-actions">
          <Button onClick={close}>{t("app.cancel")}</Button>
          <Button kind="primary" disabled={chosen.size === 0 || merge.isPending} onClick={run}>
            {t("merge.run", { count: chosen.size })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
