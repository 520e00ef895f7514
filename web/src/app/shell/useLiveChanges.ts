import { type Query, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

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

/** Keeps what is on screen true: the server's topics are words of the query keys. */
export function useLiveChanges(): void {
  const client = useQueryClient();
  useEffect(() => {
    const again = () => void client.invalidateQueries({ predicate: (query) => !isPage(query) });
    return listen(addressOf("/api/v1/events"), {
      changed: (topics) => void client.invalidateQueries({ predicate: (query) => about(topics, query) }),
      connected: () => {
        if (wasRestored()) again();
      },
      returned: again,
    });
  }, [client]);
}
