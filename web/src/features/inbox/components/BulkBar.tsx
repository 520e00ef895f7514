import { CheckCheck, MailOpen, X } from "lucide-react";

import { ActionMenus, type OpenMenu } from "@/components/ActionMenus";
import { Button, IconButton } from "@/components/Button";
import type { Actions } from "@/components/useActions";
import { useText } from "@/i18n/text";

import type { Selection } from "../hooks/useSelection";

interface Given {
  selection: Selection;
  total: number;
  actions: Actions;
  open: OpenMenu;
  setOpen: (menu: OpenMenu) => void;
}

/** What to do with all that is ticked; the whole list can be ticked, however long it is. */
export function BulkBar({ selection, total, actions, open, setOpen }: Given) {
  const { t } = useText();
  const { count, whole, selected, clear, everything } = selection;
  const target = { selected, count };
  const done = (work: () => void) => () => {
    work();
    clear();
  };
  return (
    <div className="bulk-bar" role="toolbar" aria-label={t("bulk.title")}>
      <strong className="cut" role="status">
        {t("bulk.count", { count })}
      </strong>
      {!whole && count < total && (
        <button type="button" className="link" onClick={everything}>
          {t("bulk.all", { count: total })}
        </button>
      )}
      <span className="grow" />
      <ActionMenus {...{ target, actions, open, setOpen }} />
      <IconButton
        icon={MailOpen}
        label={t("bulk.read")}
        keys="u"
        onClick={done(() => actions.unread(target, false))}
      />
      <Button kind="primary" icon={CheckCheck} keys="e" onClick={done(() => actions.close(target))}>
        {t("conversation.close")}
      </Button>
      <IconButton icon={X} label={t("bulk.clear")} keys="Escape" onClick={clear} />
    </div>
  );
}
