import { useNavigate, useRouter } from "@tanstack/react-router";
import { type RefObject, useState } from "react";

import type { OpenMenu } from "@/components/ActionMenus";
import { targetOf, useActions } from "@/components/useActions";
import type { Conversation } from "@/lib/shapes";
import { useShortcuts } from "@/lib/shortcuts";

interface Given {
  frame: RefObject<HTMLElement | null>;
  conversation: Conversation | undefined;
  within: "inbox" | "page";
  openNext: (() => void) | undefined;
  setMenu: (menu: OpenMenu) => void;
  write: () => void;
}

/** The keys of an open conversation. */
export function useConversationKeys({ frame, conversation, within, openNext, setMenu, write }: Given) {
  const [unfolded, setUnfolded] = useState(false);
  const navigate = useNavigate();
  const router = useRouter();
  const actions = useActions();
  const { me } = actions;

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
  const act = (work: (open: Conversation) => void) => () => conversation && work(conversation);
  const closeNext = act((open) => {
    actions.close(targetOf(open));
    if (openNext) openNext();
    else goBack();
  });
  useShortcuts({
    unfold: () => setUnfolded((now) => !now),
    close: act((open) => actions.close(targetOf(open), open.status === "open")),
    closeNext,
    unread: act((open) => actions.unread(targetOf(open), !open.unread)),
    mine: act((open) => me && actions.assign(targetOf(open), open.assignee?.id === me.id ? null : me)),
    snooze: () => setMenu("snooze"),
    assign: () => setMenu("assign"),
    tag: () => setMenu("tag"),
    note: write,
    back: goBack,
    nextMessage: () => step(1),
    previousMessage: () => step(-1),
  });
  return { unfolded, goBack, closeNext, actions };
}

/** Back in the list the keyboard goes on where it left. */
function focusCursor(): void {
  document.querySelector<HTMLElement>("[data-cursor='true']")?.focus({ preventScroll: true });
}
