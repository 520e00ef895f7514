import { type RefObject, useEffect } from "react";

/** Arrow keys go from the box to the hits and through them, and from the first one back. */
export function useHitKeys(box: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const move = (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      if (document.querySelector("[role='dialog']") !== null) return;
      const hits = Array.from(document.querySelectorAll<HTMLElement>("[data-hit]"));
      const now = document.activeElement;
      const place = now instanceof HTMLElement ? hits.indexOf(now) : -1;
      if (place < 0 && now !== box.current) return;
      const next = place + (event.key === "ArrowDown" ? 1 : -1);
      if (next < -1 || next >= hits.length || (place < 0 && event.key === "ArrowUp")) return;
      event.preventDefault();
      (next < 0 ? box.current : hits[next])?.focus();
    };
    document.addEventListener("keydown", move);
    return () => document.removeEventListener("keydown", move);
  }, [box]);
}
