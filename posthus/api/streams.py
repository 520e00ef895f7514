"""The lines of live streams: counted per caller, filled by the feed's thread, emptied by the event loop."""

import asyncio
from collections import Counter
from collections.abc import Callable
from threading import Lock
from time import monotonic

from posthus.api.problems import Refusal

HEARTBEAT_SECONDS = 15.0
# These change with every batch of an import: telling them twice a second would only cause refetches.
SLOW_TOPICS = frozenset({"sources", "operations", "imports"})
SLOW_SECONDS = 2.0


class Streams:
    """How many streams each caller has open in this process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()
        self._lock = Lock()

    def enter(self, who: str) -> None:
        """Count one more; refuses with 429 above the limit."""
        with self._lock:
            if self._open[who] >= self._most:
                raise Refusal(429, "Too many live streams are open; close a tab.", {"Retry-After": "15"})
            self._open[who] += 1

    def leave(self, who: str) -> None:
        """One stream has ended."""
        with self._lock:
            self._open[who] -= 1
            if self._open[who] <= 0:
                del self._open[who]

    def count(self) -> int:
        """All open streams of this process."""
        with self._lock:
            return self._open.total()


class Line:
    """One subscriber: filled by the feed's thread, emptied by the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._pending: set[str] = set()
        self._slow_at = float("-inf")
        self.ended = False

    def changed(self, topics: frozenset[str]) -> None:
        """Called by the feed's thread."""
        self._call(lambda: self._pending.update(topics))

    def lost(self) -> None:
        """Called by the feed's thread: the client must come back and read everything again."""
        self._call(self._end)

    async def topics(self) -> set[str]:
        """What changed since the last call; empty after a quiet heartbeat or when the line has ended."""
        deadline = monotonic() + HEARTBEAT_SECONDS
        while not self.ended and monotonic() < deadline:
            ready = self._take()
            if ready:
                return ready
            self._woken.clear()
            wait = deadline - monotonic()
            if self._pending:
                wait = min(wait, self._slow_at + SLOW_SECONDS - monotonic())
            try:
                await asyncio.wait_for(self._woken.wait(), max(wait, 0.001))
            except TimeoutError:
                continue
        return set()

    def _take(self) -> set[str]:
        ready = set(self._pending)
        if monotonic() - self._slow_at < SLOW_SECONDS:
            ready -= SLOW_TOPICS
        if ready & SLOW_TOPICS:
            self._slow_at = monotonic()
        self._pending -= ready
        return ready

    def _end(self) -> None:
        self.ended = True

    def _call(self, change: Callable[[], None]) -> None:
        def apply() -> None:
            change()
            self._woken.set()

        try:
            self._loop.call_soon_threadsafe(apply)
        except RuntimeError:
            self.ended = True  # the loop is gone, and its streams with it
