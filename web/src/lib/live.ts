/** Live changes: the server names topics, and each topic is the first word of a query key. */

const WAIT = 500;

export interface LiveHandlers {
  /** Some topics changed; called at most every 500 ms. */
  changed: (topics: ReadonlySet<string>) => void;
  /** The stream is there for the first time: what is on screen may be from before it. */
  connected?: () => void;
  /** The stream was broken and is back: anything may have changed. */
  returned: () => void;
  /** The stream is broken; it comes back by itself. */
  lost?: () => void;
}

/** Reads the topics of one line of the stream; a line that is not understood changes nothing. */
export function topicsOf(line: string): string[] {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== "object" || parsed === null || !("topics" in parsed)) return [];
    const { topics } = parsed;
    return Array.isArray(topics) ? topics.filter((topic): topic is string => typeof topic === "string") : [];
  } catch {
    return [];
  }
}

/** Collects topics and hands them on together: at once when it was quiet, then every `wait` ms. */
export function gather(hand: (topics: ReadonlySet<string>) => void, wait = WAIT) {
  let waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.size === 0) return;
    const topics = waiting;
    waiting = new Set();
    timer = setTimeout(flush, wait);
    hand(topics);
  };
  return {
    add(topics: readonly string[]) {
      for (const topic of topics) waiting.add(topic);
      if (timer === undefined) flush();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** Listens until the returned function is called; the browser reconnects by itself. */
export function listen(url: string, { changed, connected, returned, lost }: LiveHandlers): () => void {
  let greeted = false;
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const gathered = gather(changed);
  const connect = () => {
    source = new EventSource(url);
    source.addEventListener("hello", () => {
      if (greeted) returned();
      else connected?.();
      greeted = true;
    });
    source.addEventListener("change", (event: MessageEvent<string>) => gathered.add(topicsOf(event.data)));
    source.addEventListener("error", () => {
      lost?.();
      // A refused stream (a restart behind a proxy, a lost session) is closed for good: start anew.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 3000);
    });
  };
  connect();
  return () => {
    clearTimeout(retry);
    gathered.stop();
    source.close();
  };
}
