import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Problem } from "@/components/Problem";
import { useText } from "@/i18n/text";

import { troubledOptions } from "../api/mailboxes";

/** Messages on the server that could not be taken in, asked for when somebody wants to see them. */
export function Troubled({ id, count }: { id: number; count: number }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({ ...troubledOptions(id), enabled: open });
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span className="badge warn">{t("mailboxes.troubled", { count })}</span>
      </summary>
      {error && <Problem error={error} retry={refetch} />}
      <ul className="mailbox-troubled">
        {data?.items.map((one) => (
          <li key={`${one.folder} ${one.uid}`}>
            {t("mailboxes.troubled.where", { folder: one.folder, uid: one.uid })}{" "}
            <span className="muted">{one.trouble}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
