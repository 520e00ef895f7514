import createClient, { type Middleware } from "openapi-fetch";

import { BASE } from "./base";
import { toProblem } from "./problem";
import type { paths } from "./schema";

/** The typed API; every path and shape comes from the server's OpenAPI description. */
export const api = createClient<paths>({ baseUrl: BASE, credentials: "same-origin" });

/** Writes carry the session's token, so that no other site can make them. */
export function csrfHeader(token: () => string | undefined): Middleware {
  return {
    onRequest({ request }) {
      const csrf = token();
      if (request.method !== "GET" && csrf !== undefined) request.headers.set("X-CSRF-Token", csrf);
      return request;
    },
  };
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or its problem thrown. */
export async function take<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await answer;
  if (!response.ok) throw toProblem(response, error);
  return data as Data;
}
