import { useNavigate, useRouter } from "@tanstack/react-router";
import { type RefObject, useState } from "react";

import type { Conversation } from "@/lib/shapes";
import { useShortcuts } from "@/lib/shortcuts";

import { useConversationActions } from "./useConversationActions";

/** The keys of an open conversation. */
export function useConversationKeys(
  frame: RefObject<HTMLElement | null>,
  conversation: Conversation | undefined,
  within: "inbox" | "page",
) {
  const [unfolded, setUnfolded] = useState(false);
  const navigate = useNavigate();
  const router = useRouter();
  const { closeOrReopen, unreadOrRead, takeOrLeave } = useConversationActions(conversation);

  const goBack = () => {
    if (within === "page" && router.history.canGoBack()) router.history.back();
    else void navigate({ to: "/inbox", search: within === "inbox" ? true : {} }).then(focusCursor);
  };
  const step = (by: number) => {
    const cards = [...(frame.current?.querySelectorAll<HTMLElement>("[data-message]") ?? [])];
    const at = cards.findIndex((card) => card === document.activeElement);
    const next = cards[at < 0 ? (by > 0 ? 0 : cards.length - 1) : at + by];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({
    unfold: () => setUnfolded((now) => !now),
    close: closeOrReopen,
    unread: unreadOrRead,
    assign: takeOrLeave,
    back: goBack,
    nextMessage: () => step(1),
    previousMessage: () => step(-1),
  });
  return { unfolded, goBack };
}

/** Back in the list the keyboard goes on where it left. */
function focusCursor(): void {
  document.querySelector<HTMLElement>("[data-cursor='true']")?.focus({ preventScroll: true });
}
