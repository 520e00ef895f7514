"""How many deliveries a minute a source may make: by each intake process, off unless the source sets it."""

from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import NamedTuple

from cachetools import LRUCache

from posthus.jobs import SourceId

WINDOW = 60  # seconds
_MOST_SOURCES = 10_000


class Rate(NamedTuple):
    """What a source has left of its minute, and in how many seconds it has more."""

    allowed: bool
    quota: int
    left: int
    seconds: int

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As draft-ietf-httpapi-ratelimit-headers-10 has them; Retry-After (RFC 9110, 10.2.3) where refused."""
        told: tuple[tuple[str, str], ...] = (
            ("ratelimit-policy", f'"source";q={self.quota};w={WINDOW}'),
            ("ratelimit", f'"source";r={self.left};t={self.seconds}'),
        )
        return told if self.allowed else (*told, ("retry-after", str(self.seconds)))


class Rates:
    """A bucket for each source that has a limit: it holds a minute's quota and fills evenly."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        # When each bucket will be full again: all that a bucket needs to remember.
        self._full_at: LRUCache[SourceId, float] = LRUCache(_MOST_SOURCES)

    def take(self, source_id: SourceId, quota: int) -> Rate:
        """Count one delivery where the source has one left."""
        now, each = self.clock(), WINDOW / quota
        full_at = max(now, self._full_at.get(source_id, now))
        allowed = full_at + each <= now + WINDOW + 1e-9
        if allowed:
            full_at += each
            self._full_at[source_id] = full_at
        left = int((now + WINDOW - full_at) / each + 1e-9)
        wait = full_at - now if allowed else full_at + each - now - WINDOW
        return Rate(allowed, quota, left, max(1, ceil(wait)))
