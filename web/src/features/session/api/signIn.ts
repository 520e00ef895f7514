import { api, take } from "@/lib/client";
import type { Session } from "@/lib/shapes";

export const signIn = (body: { email: string; password: string }): Promise<Session> =>
  take(api.POST("/api/v1/session", { body }));
