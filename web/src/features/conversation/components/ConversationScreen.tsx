import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useRef, useState } from "react";

import type { OpenMenu } from "@/components/ActionMenus";
import { NoteEditor } from "@/components/notes/NoteEditor";
import { Problem } from "@/components/Problem";
import { Skeleton } from "@/components/Skeleton";
import { useText } from "@/i18n/text";
import { conversationOptions } from "@/lib/queries/conversations";
import { timelineOptions } from "@/lib/queries/timeline";

import "../conversation.css";
import { useConversationKeys } from "../hooks/useConversationKeys";
import { useMarkRead } from "../hooks/useMarkRead";
import { useMessageInAddress } from "../hooks/useMessageInAddress";
import { usePresence } from "../hooks/usePresence";
import { ConversationHead } from "./ConversationHead";
import { SidePanel } from "./SidePanel";
import { Timeline } from "./Timeline";
import { PresenceNotice } from "./PresenceNotice";

interface Given {
  id: number;
  within: "inbox" | "page";
  /** Opens the next one of the list beside it; absent where there is no list. */
  openNext?: (() => void) | undefined;
}

/** One conversation: all that was said and done in the order it happened, and who it is with. */
export function ConversationScreen({ id, within, openNext }: Given) {
  const { t } = useText();
  const frame = useRef<HTMLElement>(null);
  const { data: conversation, error, refetch } = useQuery(conversationOptions(id));
  const timeline = useInfiniteQuery(timelineOptions(id));
  const [about, setAbout] = useState(false);
  const [writing, setWriting] = useState(false);
  // The head and its keys are there at once; what is long is drawn behind the frame that answers the hand.
  const drawn = useDeferredValue(true, false);
  const { others, setDoing } = usePresence(id, drawn);
  const [menu, setMenu] = useState<OpenMenu>(null);
  const keys = useConversationKeys({
    frame,
    conversation,
    within,
    openNext,
    setMenu,
    write: () => setWriting(true),
  });
  const aimed = useMessageInAddress(frame, timeline, drawn);
  useMarkRead(drawn ? conversation : undefined);

  useEffect(() => {
    if (drawn) frame.current?.focus({ preventScroll: true });
  }, [id, drawn]);

  const failure = error ?? timeline.error;
  return (
    <article className="conversation" ref={frame} tabIndex={-1} aria-label={conversation?.subject ?? ""}>
      {conversation && (
        <ConversationHead
          conversation={conversation}
          actions={keys.actions}
          goBack={keys.goBack}
          closeNext={openNext ? keys.closeNext : undefined}
          {...{ menu, setMenu, about, setAbout }}
        />
      )}
      <PresenceNotice others={others} />
      {failure && <Problem error={failure} retry={() => Promise.all([refetch(), timeline.refetch()])} />}
      {!failure && (!conversation || timeline.isPending) && <Skeleton lines={7} />}
      {drawn && conversation && timeline.data && (
        <div className="conversation-body">
          <div className="conversation-main">
            {/* It scrolls, so the keyboard must reach it. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <section className="timeline" aria-label={t("conversation.messages")} tabIndex={0}>
              <Timeline
                conversation={conversation}
                items={timeline.data.pages.flatMap((page) => page.items)}
                unfolded={keys.unfolded}
                aimed={aimed}
              />
              {timeline.hasNextPage && (
                <button
                  type="button"
                  className="button"
                  disabled={timeline.isFetchingNextPage}
                  onClick={() => void timeline.fetchNextPage()}
                >
                  {t("conversation.older")}
                </button>
              )}
            </section>
            <NoteEditor
              place={{ on: "conversations", id }}
              open={writing}
              setOpen={setWriting}
              typing={(now) => setDoing(now ? "writing" : "looking")}
            />
          </div>
          <SidePanel conversation={conversation} open={about} />
        </div>
      )}
    </article>
  );
}
