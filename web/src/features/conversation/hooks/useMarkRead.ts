import { useEffect, useRef } from "react";

import { useChangeConversations } from "@/lib/queries/changeConversation";
import type { Conversation } from "@/lib/shapes";

/** Opening a conversation reads it, once: marking it unread afterwards stays. */
export function useMarkRead(conversation: Conversation | undefined): void {
  const { mutate } = useChangeConversations();
  const seen = useRef(false);
  useEffect(() => {
    if (!conversation || seen.current) return;
    seen.current = true;
    if (conversation.unread) mutate({ selected: { ids: [conversation.id] }, change: { unread: false } });
  }, [conversation, mutate]);
}
