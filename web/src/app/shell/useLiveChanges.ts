import { type Query, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { addressOf } from "@/lib/base";
import { listen } from "@/lib/live";
import { wasRestored } from "@/lib/store";

/** A key's first two words may be topics: what it belongs to, and the one thing it is about. */
export const about = (
  topics: ReadonlySet<string>,
  { queryKey: [kind, one] }: Pick<Query, "queryKey">,
): boolean => (typeof kind === "string" && topics.has(kind)) || (typeof one === "string" && topics.has(one));

/** Pages belong to one reading of their list: a new reading brings its own. */
const isPage = ({ queryKey: [kind] }: Pick<Query, "queryKey">) => kind === "conversation-page";

/** Ms that a broken stream is given to come back before it is said. */
const PATIENCE = 4000;

/** Keeps what is on screen true: the server's topics are words of the query keys. Answers whether it can. */
export function useLiveChanges(): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const here = () => {
      clearTimeout(timer);
      timer = undefined;
      setLive(true);
    };
    const again = () => void client.invalidateQueries({ predicate: (query) => !isPage(query) });
    const stop = listen(addressOf("/api/v1/events"), {
      changed: (topics) => void client.invalidateQueries({ predicate: (query) => about(topics, query) }),
      lost: () => (timer ??= setTimeout(() => setLive(false), PATIENCE)),
      connected: () => {
        here();
        if (wasRestored()) again();
      },
      returned: () => {
        here();
        again();
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client]);
  return live;
}
