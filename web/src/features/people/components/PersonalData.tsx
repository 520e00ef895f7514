import { useQuery } from "@tanstack/react-query";
import { Download, PackageOpen, UserRoundX } from "lucide-react";

import { Button } from "@/components/Button";
import { Refusal } from "@/components/Form";
import { later } from "@/components/later";
import { Progress } from "@/components/Progress";
import { useText } from "@/i18n/text";
import { addressOf } from "@/lib/base";
import { errandOptions, isOver } from "@/lib/queries/errands";
import { sessionOptions } from "@/lib/queries/session";

import { useExport } from "../api/privacy";

const EraseDialog = later(() => import("./EraseDialog").then((file) => file.EraseDialog));

interface Given {
  id: number;
  name: string;
  /** Kept above: the page must stay until the erasure has been told of. */
  erasing: boolean;
  setErasing: (erasing: boolean) => void;
}

/** A person's rights: a copy of everything, and to be forgotten. Only for those who manage. */
export function PersonalData({ id, name, erasing, setErasing }: Given) {
  const { t } = useText();
  const { data: session } = useQuery(sessionOptions);
  const order = useExport(id);
  if (!session?.rights.includes("manage")) return null;
  return (
    <section className="card">
      <h2>{t("privacy.title")}</h2>
      <div className="form">
        <p className="muted label">{t("privacy.lead")}</p>
        {order.data ? (
          <Packing id={order.data.id} />
        ) : (
          <Button icon={PackageOpen} disabled={order.isPending} onClick={() => order.mutate()}>
            {t("privacy.export")}
          </Button>
        )}
        <Refusal error={order.error} />
        <Button kind="danger" icon={UserRoundX} onClick={() => setErasing(true)}>
          {t("privacy.erase")}
        </Button>
      </div>
      {erasing && <EraseDialog id={id} name={name} close={() => setErasing(false)} />}
    </section>
  );
}

/** The copy as it is packed; then the file. */
function Packing({ id }: { id: number }) {
  const { t } = useText();
  const { data: errand } = useQuery(errandOptions(id));
  if (!errand || !isOver(errand))
    return <Progress label={t("privacy.packing")} done={errand?.total ? errand.done / errand.total : 0} />;
  if (errand.state !== "done") return <p className="field-error">{errand.error || t("privacy.stopped")}</p>;
  return (
    <a className="button primary" href={addressOf(`/api/v1/errands/${id}/file`)} download>
      <Download aria-hidden className="icon" />
      {t("privacy.download")}
    </a>
  );
}
