import { queryOptions } from "@tanstack/react-query";

import { addressOf } from "@/lib/base";
import { toProblem } from "@/lib/problem";

/** The text of a small attachment. */
export const attachmentTextOptions = (id: number) =>
  queryOptions({
    queryKey: ["attachment-text", id],
    queryFn: async ({ signal }) => {
      const response = await fetch(addressOf(`/api/v1/attachments/${id}`), {
        signal,
        credentials: "same-origin",
      });
      if (!response.ok) throw toProblem(response, null);
      return response.text();
    },
    staleTime: Infinity,
    gcTime: 60_000,
  });
