import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { useText } from "@/i18n/text";
import { type Selected, useChangeConversations } from "@/lib/queries/changeConversation";
import { sessionOptions } from "@/lib/queries/session";
import { useUndo } from "@/lib/queries/undo";
import type { Conversation, ConversationChange, Member, Tag } from "@/lib/shapes";

import { useNotices } from "./notices";
import { useRefused } from "./useRefused";

/** What an action is about: the numbers, and what to call it in a message. */
export interface Target {
  selected: Selected;
  /** How many; 1 names its `subject`. */
  count: number;
  subject?: string;
}

export const targetOf = (row: Conversation): Target => ({
  selected: { ids: [row.id] },
  count: 1,
  subject: row.subject,
});

/** Takes back what the server offered to; says when somebody's later change was left alone. */
export function useTakeBack(): (id: number) => Promise<void> {
  const { t } = useText();
  const { say } = useNotices();
  const refused = useRefused();
  const { mutateAsync } = useUndo();
  return async (id) => {
    try {
      const { state, kept } = await mutateAsync(id);
      say(
        state === "running"
          ? t("action.undoing")
          : kept > 0
            ? t("action.undoneSome", { kept })
            : t("action.undone"),
      );
    } catch (error) {
      refused(error);
    }
  };
}

/** What can be done to conversations: at once on screen, told with a way back, taken back if refused. */
export function useActions(follow?: (errand: number) => void) {
  const { t, time } = useText();
  const { say } = useNotices();
  const refused = useRefused();
  const { mutateAsync } = useChangeConversations();
  const takeBack = useTakeBack();
  const { data: session } = useQuery(sessionOptions);
  const me = session?.member;

  return useMemo(() => {
    const act = (target: Target, change: ConversationChange, said: string | null) => {
      const done = mutateAsync({ selected: target.selected, change });
      done.then(({ errand }) => errand !== null && follow?.(errand), refused);
      const back = () =>
        done.then(
          ({ undo }) => (undo === null ? undefined : takeBack(undo)),
          () => undefined, // it was refused, and said so
        );
      if (said !== null) say(`${said}: ${named(target)}`, back);
    };
    const named = ({ count, subject }: Target) =>
      count === 1 ? subject || t("inbox.noSubject") : t("action.many", { count });
    return {
      me,
      close: (target: Target, closed = true) =>
        act(target, { status: closed ? "closed" : "open" }, t(closed ? "action.closed" : "action.reopened")),
      unread: (target: Target, unread: boolean) =>
        act(target, { unread }, t(unread ? "action.unread" : "action.read")),
      snooze: (target: Target, until: Date | null) =>
        act(
          target,
          { snoozed_until: until?.toISOString() ?? null },
          until === null ? t("action.woken") : t("action.snoozed", { until: time(until.toISOString()) }),
        ),
      assign: (target: Target, member: Pick<Member, "id" | "name"> | null) =>
        act(
          target,
          { assignee_id: member?.id ?? null },
          member === null ? t("action.unassigned") : t("action.assigned", { name: member.name }),
        ),
      tag: (target: Target, tag: Pick<Tag, "id" | "name">, on: boolean) =>
        act(
          target,
          on ? { add_tags: [tag.id] } : { remove_tags: [tag.id] },
          t(on ? "action.tagged" : "action.untagged", { name: tag.name }),
        ),
      place: (target: Target, column: { id: number; name: string }) =>
        act(target, { board_column_id: column.id }, t("action.placed", { name: column.name })),
      hold: (target: Target, held: boolean) =>
        act(target, { held }, t(held ? "action.held" : "action.released")),
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the rest follow from these
  }, [t, me, mutateAsync, follow]);
}

export type Actions = ReturnType<typeof useActions>;
