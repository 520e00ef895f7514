import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { type Doing, leave, PRESENCE_EVERY, presenceOptions } from "@/lib/queries/presence";

/** Tells colleagues that this conversation is being looked at, and who else does. */
export function usePresence(id: number, here: boolean) {
  const [doing, setDoing] = useState<Doing>("looking");
  const { data, refetch } = useQuery({
    ...presenceOptions(id, doing),
    enabled: here,
    refetchInterval: PRESENCE_EVERY,
    retry: false,
  });
  useEffect(() => {
    if (doing === "writing") void refetch();
  }, [doing, refetch]);
  useEffect(
    () => () => {
      setTimeout(() => void leave(id)); // the next conversation comes first
    },
    [id],
  );
  return { others: data?.items ?? [], setDoing };
}
