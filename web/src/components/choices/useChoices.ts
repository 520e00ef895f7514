import { useQuery } from "@tanstack/react-query";
import { AlarmClock, AlarmClockOff, CalendarClock, Plus, UserRoundCheck, UserRoundX } from "lucide-react";

import { useText } from "@/i18n/text";
import { membersOptions } from "@/lib/queries/members";
import { nextColour, tagsOptions, useAddTag } from "@/lib/queries/tags";
import type { Conversation } from "@/lib/shapes";

import type { Choice } from "../Menu";
import type { Actions, Target } from "../useActions";
import { snoozeTimes } from "./snooze";

/** When to wake again. */
export function useSnoozeChoices(
  target: Target,
  actions: Actions,
  pickTime: () => void,
  sleeping = false,
): Choice[] {
  const { t, time } = useText();
  return [
    ...(sleeping
      ? [
          {
            id: "wake",
            label: t("snooze.wake"),
            icon: AlarmClockOff,
            run: () => actions.snooze(target, null),
          },
        ]
      : []),
    ...snoozeTimes(new Date()).map(({ id, at }) => ({
      id,
      label: t(`snooze.${id}`),
      icon: AlarmClock,
      detail: time(at.toISOString()),
      run: () => actions.snooze(target, at),
    })),
    { id: "pick", label: t("snooze.pick"), icon: CalendarClock, run: pickTime },
  ];
}

/** Who takes care of it: oneself first. */
export function useAssignChoices(target: Target, actions: Actions, now?: Conversation["assignee"]): Choice[] {
  const { t } = useText();
  const { data } = useQuery(membersOptions);
  const { me } = actions;
  const others = data?.items.filter(({ id }) => id !== me?.id) ?? [];
  return [
    ...(me
      ? [
          {
            id: "me",
            label: t("assign.me"),
            icon: UserRoundCheck,
            detail: me.name,
            chosen: now?.id === me.id,
            run: () => actions.assign(target, me),
          },
        ]
      : []),
    {
      id: "nobody",
      label: t("assign.nobody"),
      icon: UserRoundX,
      chosen: now === null,
      run: () => actions.assign(target, null),
    },
    ...others.map((member) => ({
      id: String(member.id),
      label: member.name || member.email,
      detail: member.email,
      chosen: now?.id === member.id,
      run: () => actions.assign(target, member),
    })),
  ];
}

/** Which tags it has; a new one is made by typing its name. */
export function useTagChoices(target: Target, actions: Actions, now: Conversation["tags"] = []) {
  const { t } = useText();
  const { data } = useQuery(tagsOptions);
  const { mutateAsync } = useAddTag();
  const tags = data?.items ?? [];
  const choices = tags.map<Choice>(({ id, name, color }) => {
    const chosen = now.some((tag) => tag.id === id);
    return {
      id: String(id),
      label: name,
      colour: color,
      chosen,
      run: () => actions.tag(target, { id, name }, !chosen),
    };
  });
  const add = (typed: string): Choice => ({
    id: "new",
    label: t("tag.add", { name: typed }),
    icon: Plus,
    run: () =>
      void mutateAsync({ name: typed, color: nextColour(tags) }).then((tag) =>
        actions.tag(target, tag, true),
      ),
  });
  return { choices, add };
}
