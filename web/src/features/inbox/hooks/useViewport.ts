import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

/** How far an element is scrolled and how high it is, in px. */
export function useViewport(element: RefObject<HTMLElement | null>) {
  const [place, setPlace] = useState({ scrollTop: 0, height: 800 });
  const read = useCallback(() => {
    const node = element.current;
    if (!node) return;
    const { scrollTop, clientHeight: height } = node;
    setPlace((now) => (now.scrollTop === scrollTop && now.height === height ? now : { scrollTop, height }));
  }, [element]);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return;
    read();
    const observer = new ResizeObserver(read);
    observer.observe(node);
    node.addEventListener("scroll", read, { passive: true });
    return () => {
      observer.disconnect();
      node.removeEventListener("scroll", read);
    };
  }, [element, read]);
  return place;
}
