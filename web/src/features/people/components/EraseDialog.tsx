import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Dialog } from "@/components/Dialog";
import { TextField } from "@/components/Field";
import { Form } from "@/components/Form";
import { useNotices } from "@/components/notices";
import { Problem } from "@/components/Problem";
import { Progress } from "@/components/Progress";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { errandOptions, isOver } from "@/lib/queries/errands";

import { erasureOptions, useErase, useForgetPeople } from "../api/privacy";

interface Given {
  id: number;
  name: string;
  close: () => void;
}

/** Erasing cannot be taken back: it says what would go, and wants the name typed. */
export function EraseDialog({ id, name, close }: Given) {
  const { t, number } = useText();
  const { data: would, error, refetch } = useQuery(erasureOptions(id));
  const erase = useErase(id);
  const [typed, setTyped] = useState("");
  return (
    <Dialog title={t("privacy.erase.title", { name })} close={close}>
      {error && <Problem error={error} retry={refetch} />}
      {!would && !error && <Skeleton lines={3} />}
      {would && !erase.data && (
        <Form
          submit={t("privacy.erase.run")}
          kind="danger"
          close={close}
          disabled={would.held || erase.isPending || typed.trim() === ""}
          error={erase.error}
          send={() => erase.mutate(typed.trim())}
        >
          <p>
            {t("privacy.erase.what", {
              count: would.messages,
              conversations: number(would.conversations),
              notes: number(would.notes),
              files: number(would.files),
            })}
          </p>
          <p className="hint">{t(would.held ? "privacy.erase.held" : "privacy.erase.forever")}</p>
          <TextField
            label={t("privacy.erase.confirm")}
            hint={name}
            autoComplete="off"
            autoFocus
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </Form>
      )}
      {erase.data && <Going errand={erase.data.id} id={id} name={name} close={close} />}
    </Dialog>
  );
}

/** The erasure as it goes on; afterwards there is nothing left to show here. */
function Going({ errand, id, name, close }: Given & { errand: number }) {
  const { t } = useText();
  const { say, complain } = useNotices();
  const navigate = useNavigate();
  const forget = useForgetPeople();
  const { data } = useQuery(errandOptions(errand));
  useEffect(() => {
    if (!data || !isOver(data)) return;
    if (data.state !== "done") {
      complain(t("action.refused", { detail: data.error }));
      close();
      return;
    }
    say(t("privacy.erase.done", { name, number: errand }));
    void navigate({ to: "/inbox" }).then(() => forget(id));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told once, when it is over
  }, [data]);
  return <Progress label={t("privacy.erase.going")} done={data?.total ? data.done / data.total : 0} />;
}
