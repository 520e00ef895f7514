import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { conversationOptions } from "@/lib/queries/conversations";
import { messagesOptions } from "@/lib/queries/messages";

import { useConversationKeys } from "../hooks/useConversationKeys";
import { useMarkRead } from "../hooks/useMarkRead";
import { useMessageInAddress } from "../hooks/useMessageInAddress";
import { ConversationHead } from "./ConversationHead";
import { MessageView } from "./MessageView";
import { SidePanel } from "./SidePanel";

import "../conversation.css";

/** One conversation: its messages in the order they were sent, and who it is with. */
export function ConversationScreen({ id, within }: { id: number; within: "inbox" | "page" }) {
  const { t } = useText();
  const frame = useRef<HTMLElement>(null);
  const { data: conversation, error, refetch } = useQuery(conversationOptions(id));
  const messages = useInfiniteQuery(messagesOptions(id));
  const all = messages.data?.pages.flatMap((page) => page.items) ?? [];
  const { unfolded, goBack } = useConversationKeys(frame, conversation, within);
  const aimed = useMessageInAddress(frame, messages);
  useMarkRead(conversation);

  useEffect(() => frame.current?.focus({ preventScroll: true }), [id]);

  const failure = error ?? messages.error;
  return (
    <article className="conversation" ref={frame} tabIndex={-1} aria-label={conversation?.subject ?? ""}>
      {conversation && <ConversationHead conversation={conversation} goBack={goBack} />}
      {failure && <Problem error={failure} retry={() => Promise.all([refetch(), messages.refetch()])} />}
      {!failure && (!conversation || messages.isPending) && <Skeleton lines={7} />}
      {conversation && messages.data && (
        <div className="conversation-body">
          {/* It scrolls, so the keyboard must reach it. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <section className="timeline" aria-label={t("conversation.messages")} tabIndex={0}>
            <ol>
              {all.map((message) => (
                <MessageView
                  key={message.id}
                  message={message}
                  unfolded={unfolded}
                  aimed={message.id === aimed}
                />
              ))}
            </ol>
            {messages.hasNextPage && (
              <button
                type="button"
                className="button"
                disabled={messages.isFetchingNextPage}
                onClick={() => void messages.fetchNextPage()}
              >
                {t("conversation.older")}
              </button>
            )}
          </section>
          <SidePanel conversation={conversation} />
        </div>
      )}
    </article>
  );
}
