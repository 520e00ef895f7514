import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Problem } from "@/components/Problem";
import { useText } from "@/i18n/text";
import type { Filter } from "@/lib/filter";
import { useSaveView } from "@/lib/queries/views";

interface Given {
  filter: Filter;
  name: string;
  close: () => void;
}

/** Names the search and keeps it as a view of the inbox, which then opens. */
export function SaveView({ filter, name, close }: Given) {
  const { t } = useText();
  const navigate = useNavigate();
  const save = useSaveView();
  const [typed, setTyped] = useState(name);
  return (
    <Dialog title={t("search.save")} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(
            { id: null, change: { name: typed.trim(), filter, shared: false } },
            { onSuccess: ({ id }) => void navigate({ to: "/inbox", search: { view: String(id) } }) },
          );
        }}
      >
        <p className="muted">{t("search.save.detail")}</p>
        <label>
          {t("search.save.name")}
          <input
            value={typed}
            required
            maxLength={60}
            autoFocus
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        {save.error && <Problem error={save.error} />}
        <Button kind="primary" type="submit" disabled={save.isPending || typed.trim() === ""}>
          {t("search.save")}
        </Button>
      </form>
    </Dialog>
  );
}
