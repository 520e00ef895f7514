import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { listen } from "@/lib/live";

/** Keeps what is on screen true: the server's topics are the first words of the query keys. */
export function useLiveChanges(): void {
  const client = useQueryClient();
  useEffect(
    () =>
      listen("/api/v1/events", {
        changed: (topics) => {
          void client.invalidateQueries({
            predicate: ({ queryKey: [topic] }) => typeof topic === "string" && topics.has(topic),
          });
        },
        returned: () => void client.invalidateQueries(),
      }),
    [client],
  );
}
