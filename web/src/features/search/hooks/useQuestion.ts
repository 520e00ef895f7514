import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { useSettled } from "@/lib/delayed";

/** What is typed, and the address following it a moment later; going back changes what is typed. */
export function useQuestion(q: string): [string, (typed: string) => void] {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  const settled = useSettled(typed, 140);
  const asked = useRef(q);
  useEffect(() => {
    if (q === asked.current) return;
    asked.current = q;
    setTyped(q);
  }, [q]);
  useEffect(() => {
    const question = settled.trim();
    if (question === asked.current) return;
    const first = asked.current === "";
    asked.current = question;
    void navigate({
      to: "/search",
      search: (now) => ({ ...now, q: question === "" ? undefined : question }),
      replace: !first,
    });
  }, [settled, navigate]);
  return [typed, setTyped];
}
