import { experimental_createQueryPersister, type PersistedQuery } from "@tanstack/query-persist-client-core";
import type { Query, QueryClient } from "@tanstack/react-query";
import { clear, createStore, del, entries, get, set, type UseStore } from "idb-keyval";

/**
 * What was on screen, kept in the browser: one IndexedDB record per query, so that the last view opens
 * before the server has answered. Another build reads none of it; signing out forgets it all.
 */
const KEPT_FOR = 86_400_000;
/** The words that begin the keys of what is kept; searches, live figures and secrets are not. */
const KEPT = new Set([
  "session",
  "conversations",
  "conversation-page",
  "members",
  "tags",
  "views",
  "board",
  "sources",
  "contacts",
  "companies",
]);

function keeps({ queryKey: [topic] }: Pick<Query, "queryKey">): boolean {
  return typeof topic === "string" && (KEPT.has(topic) || topic.startsWith("conversation/"));
}

// The file's own name has the build's hash: what another build has stored is not read.
const BUILD = import.meta.url;
const PREFIX = "kept";
let place: UseStore | undefined;
const store = (): UseStore => (place ??= createStore("posthus", "kept"));

/** A browser without storage (a private window) keeps nothing and works all the same. */
function quietly<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  return Promise.resolve()
    .then(work)
    .catch(() => undefined);
}

let restored = false;

const persister = experimental_createQueryPersister<PersistedQuery>({
  storage: {
    getItem: (key) =>
      quietly(async () => {
        const found = await get<PersistedQuery>(key, store());
        restored ||= found !== undefined;
        return found;
      }),
    setItem: (key, value) => quietly(() => set(key, value, store())),
    removeItem: async (key) => {
      await quietly(() => del(key, store()));
    },
    entries: async () => (await quietly(() => entries<string, PersistedQuery>(store()))) ?? [],
  },
  serialize: (query) => query,
  deserialize: (query) => query,
  buster: BUILD,
  maxAge: KEPT_FOR,
  prefix: PREFIX,
  filters: { predicate: keeps },
});

export const keep = persister.persisterFn;

/** Whether something on screen came from the store, and is to be asked for again. */
export const wasRestored = (): boolean => restored;

/** Forgets everything: at sign-out, and before another person signs in. */
export const forget = (): Promise<void> => quietly(() => clear(store())).then(() => undefined);

/** Drops what is too old, when nothing else is to be done; pages that left the list leave the store too, and people. */
export function tidy(client: QueryClient): void {
  setTimeout(() => void persister.persisterGc(), 10_000);
  client.getQueryCache().subscribe(({ type, query }) => {
    const [topic]: readonly unknown[] = query.queryKey as readonly unknown[];
    if (type === "removed" && (topic === "conversation-page" || topic === "contacts"))
      void quietly(() => del(`${PREFIX}-${query.queryHash}`, store()));
  });
}
