import { AlarmClock, Tags, UserRoundPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useText } from "@/i18n/text";
import type { Conversation } from "@/lib/shapes";

import { useAssignChoices, useSnoozeChoices, useTagChoices } from "./choices/useChoices";
import { MenuButton } from "./MenuButton";
import type { Actions, Target } from "./useActions";

const PickTime = lazy(() => import("./PickTime").then((file) => ({ default: file.PickTime })));

export type OpenMenu = "snooze" | "assign" | "tag" | null;

interface Given {
  target: Target;
  actions: Actions;
  /** The one conversation, when it is one: what it has now is ticked. */
  row?: Conversation | undefined;
  /** Which menu a key has opened. */
  open: OpenMenu;
  setOpen: (menu: OpenMenu) => void;
}

/** Snooze, assign and tag: the same three menus on an open conversation and on a selection. */
export function ActionMenus({ target, actions, row, open, setOpen }: Given) {
  const { t } = useText();
  const [picking, setPicking] = useState(false);
  const snooze = useSnoozeChoices(
    target,
    actions,
    () => setPicking(true),
    (row?.snoozed_until ?? null) !== null,
  );
  const assign = useAssignChoices(target, actions, row?.assignee);
  const tag = useTagChoices(target, actions, row?.tags);
  const at = (menu: NonNullable<OpenMenu>) => ({
    open: open === menu,
    change: (shown: boolean) => setOpen(shown ? menu : null),
  });
  return (
    <>
      <MenuButton icon={AlarmClock} label={t("action.snooze")} keys="h" choices={snooze} {...at("snooze")} />
      <MenuButton
        icon={UserRoundPlus}
        label={t("action.assign")}
        keys="a"
        choices={assign}
        filter={t("assign.filter")}
        {...at("assign")}
      />
      <MenuButton
        icon={Tags}
        label={t("action.tag")}
        keys="t"
        choices={tag.choices}
        add={tag.add}
        filter={t("tag.filter")}
        {...at("tag")}
      />
      {picking && (
        <Suspense>
          <PickTime choose={(at) => actions.snooze(target, at)} close={() => setPicking(false)} />
        </Suspense>
      )}
    </>
  );
}
