import { useRouterState } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef } from "react";

interface Pages {
  data: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Brings the message named by `#m=<id>` into view; answers its id. */
export function useMessageInAddress(
  frame: RefObject<HTMLElement | null>,
  messages: Pages,
  drawn: boolean,
): string | null {
  const hash = useRouterState({ select: ({ location }) => location.hash });
  const wanted = /^m=([0-9a-f-]{36})$/.exec(hash)?.[1] ?? null;
  const done = useRef<string | null>(null);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = messages;
  useEffect(() => {
    if (wanted === null || done.current === wanted || !data || !drawn) return;
    const element = frame.current?.querySelector(`[data-message="${wanted}"]`);
    if (element) {
      element.scrollIntoView({ block: "start" });
      done.current = wanted;
    } else if (hasNextPage && !isFetchingNextPage) {
      fetchNextPage();
    }
  }, [frame, wanted, drawn, data, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return wanted;
}
