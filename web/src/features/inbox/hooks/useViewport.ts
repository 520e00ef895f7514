import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

import { follow, type List, type Place, scaleOf, settled } from "@/lib/windowing";

const CATCH_UP = 120;

/** Where a list of `total` rows is scrolled to, how large its window is, and a way to go to a place. */
export function useViewport(
  element: RefObject<HTMLElement | null>,
  total: number,
  heights: readonly [wide: number, narrow: number],
) {
  const [size, setSize] = useState({ height: 800, narrow: false });
  const [place, setPlace] = useState<Place>({ scrollTop: 0, top: 0 });
  const rowHeight = size.narrow ? heights[1] : heights[0];
  const list: List = { total, rowHeight, height: size.height };
  const latest = useRef({ place, list });
  useLayoutEffect(() => {
    latest.current = { place, list };
  });

  const show = useCallback((next: Place) => {
    latest.current.place = next;
    setPlace((now) => (now.scrollTop === next.scrollTop && now.top === next.top ? now : next));
  }, []);
  const goTo = useCallback(
    (next: Place) => {
      const node = element.current;
      if (!node) return;
      node.scrollTo({ top: next.scrollTop });
      show({ scrollTop: node.scrollTop, top: next.top });
    },
    [element, show],
  );

  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const measure = () =>
      setSize((now) => {
        const next = { height: node.clientHeight, narrow: node.clientWidth < 704 };
        return now.height === next.height && now.narrow === next.narrow ? now : next;
      });
    const scrolled = () => {
      const { place: before, list: now } = latest.current;
      if (node.scrollTop !== before.scrollTop) show(follow(before, node.scrollTop, now));
      clearTimeout(timer);
      if (scaleOf(now) > 1) timer = setTimeout(catchUp, CATCH_UP);
    };
    const catchUp = () => {
      const { place: here, list: now } = latest.current;
      goTo({ scrollTop: settled(here, now), top: here.top });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    node.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      node.removeEventListener("scroll", scrolled);
    };
  }, [element, show, goTo]);
  return { ...list, ...place, goTo };
}
