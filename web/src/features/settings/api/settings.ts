import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, take } from "@/lib/client";
import type { Language } from "@/lib/preferences";
import type { Member } from "@/lib/shapes";

export type Role = Member["role"];
export const ROLES: readonly Role[] = ["admin", "manager", "agent", "read-only"];
export const SCOPES = ["read", "write", "search", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export const teamOptions = queryOptions({
  queryKey: ["members", "all"],
  queryFn: ({ signal }) =>
    take(api.GET("/api/v1/members", { params: { query: { all: true, limit: 200 } }, signal })),
});

export const workspaceOptions = queryOptions({
  queryKey: ["settings", "workspace"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/workspace", { signal })),
});

export const keysOptions = queryOptions({
  queryKey: ["settings", "keys"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/keys", { params: { query: { limit: 200 } }, signal })),
});

export const ownSessionsOptions = queryOptions({
  queryKey: ["members", "own sessions"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/me/sessions", { signal })),
});

export const auditActionsOptions = queryOptions({
  queryKey: ["settings", "audit actions"],
  queryFn: ({ signal }) => take(api.GET("/api/v1/audit/actions", { signal })),
});

export const auditOptions = (action: string) =>
  infiniteQueryOptions({
    queryKey: ["settings", "audit", action],
    queryFn: ({ signal, pageParam }) =>
      take(
        api.GET("/api/v1/audit", {
          params: {
            query: {
              limit: 50,
              ...(action !== "" && { action }),
              ...(pageParam !== "" && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

/** A change after which everything that begins with one of these words is old. */
export function useChange<Given, Answer>(
  topics: readonly string[],
  mutationFn: (given: Given) => Promise<Answer>,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [topic] }) => typeof topic === "string" && topics.includes(topic),
      }),
  });
}

export const useChangeMe = () =>
  useChange(["members", "session"], (body: { name?: string; language?: Language | null }) =>
    take(api.PATCH("/api/v1/me", { body })),
  );

export const useChangePassword = () =>
  useChange(["members"], (body: { current: string; new: string }) =>
    take(api.POST("/api/v1/me/password", { body })),
  );

export const useEndSession = () =>
  useChange(["members"], (id: string | null) =>
    id === null
      ? take(api.DELETE("/api/v1/me/sessions"))
      : take(api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } })),
  );

export interface WorkspaceChange {
  name: string;
  domains: string[];
  language: Language;
  time_zone: string;
}

export const useChangeWorkspace = () =>
  useChange(["settings", "session"], (body: WorkspaceChange) =>
    take(api.PATCH("/api/v1/workspace", { body })),
  );

export const useInvite = () =>
  useChange(["members", "settings"], (body: { email: string; name: string; role: Role }) =>
    take(api.POST("/api/v1/members", { body })),
  );

export const useNewLink = () =>
  useChange(["members"], (id: number) =>
    take(api.POST("/api/v1/members/{id}/invitation", { params: { path: { id } } })),
  );

export const useChangeMember = () =>
  useChange(["members"], ({ id, ...body }: { id: number; role?: Role; disabled?: boolean }) =>
    take(api.PATCH("/api/v1/members/{id}", { params: { path: { id } }, body })),
  );

export const useMakeKey = () =>
  useChange(["settings"], (body: { name: string; scopes: Scope[] }) =>
    take(api.POST("/api/v1/keys", { body })),
  );

export const useRevokeKey = () =>
  useChange(["settings"], (id: number) =>
    take(api.DELETE("/api/v1/keys/{id}", { params: { path: { id } } })),
  );
