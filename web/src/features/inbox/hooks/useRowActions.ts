import { useQuery } from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { useText } from "@/i18n/text";
import { useChangeConversation } from "@/lib/queries/changeConversation";
import { sessionOptions } from "@/lib/queries/session";
import type { Conversation, ConversationChange } from "@/lib/shapes";

/** What can be done to a row: at once on screen, told with a way back, taken back if refused. */
export function useRowActions() {
  const { t } = useText();
  const { say, complain } = useNotices();
  const { mutate } = useChangeConversation();
  const { data: session } = useQuery(sessionOptions);
  const change = (id: number, what: ConversationChange) =>
    mutate(
      { id, change: what },
      { onError: (error) => complain(t("inbox.notChanged", { detail: error.message })) },
    );
  return {
    closeOrReopen: (row: Conversation) => {
      const closing = row.status === "open";
      change(row.id, { status: closing ? "closed" : "open" });
      const subject = row.subject || t("inbox.noSubject");
      say(t(closing ? "inbox.closedNotice" : "inbox.reopenedNotice", { subject }), () =>
        change(row.id, { status: row.status }),
      );
    },
    unreadOrRead: (row: Conversation | undefined) => row && change(row.id, { unread: !row.unread }),
    takeOrLeave: (row: Conversation | undefined) =>
      row &&
      session &&
      change(row.id, { assignee_id: row.assignee?.id === session.member.id ? null : session.member.id }),
  };
}
