import { queryOptions } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Session } from "@/lib/shapes";

export const invitationOptions = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) =>
      take(api.GET("/api/v1/invitations/{token}", { params: { path: { token } }, signal })),
    retry: false,
  });

export const accept = (token: string, body: { password: string; name: string }): Promise<Session> =>
  take(api.POST("/api/v1/invitations/{token}", { params: { path: { token } }, body }));
