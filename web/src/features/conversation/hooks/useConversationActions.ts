import { useQuery } from "@tanstack/react-query";

import { useNotices } from "@/components/notices";
import { useText } from "@/i18n/text";
import { useChangeConversation } from "@/lib/queries/changeConversation";
import { sessionOptions } from "@/lib/queries/session";
import type { Conversation, ConversationChange } from "@/lib/shapes";

/** What can be done with the open conversation. */
export function useConversationActions(conversation: Conversation | undefined) {
  const { t } = useText();
  const { complain } = useNotices();
  const { mutate } = useChangeConversation();
  const { data: session } = useQuery(sessionOptions);
  const change = (what: ConversationChange) => {
    if (!conversation) return;
    mutate(
      { id: conversation.id, change: what },
      { onError: (error) => complain(t("inbox.notChanged", { detail: error.message })) },
    );
  };
  const me = session?.member.id;
  return {
    mine: me !== undefined && conversation?.assignee?.id === me,
    closeOrReopen: () => change({ status: conversation?.status === "open" ? "closed" : "open" }),
    unreadOrRead: () => change({ unread: !conversation?.unread }),
    takeOrLeave: () =>
      me !== undefined && change({ assignee_id: conversation?.assignee?.id === me ? null : me }),
  };
}
