"""How many requests a caller may make: a bucket that fills evenly, told in the standard headers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic

from cachetools import LRUCache

from posthus.api.problems import Refusal

_MINUTE = 60


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """One bucket per caller in this process; `a_minute` may come at once, and as many again within each minute."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = a_minute
        self._clock = clock
        self._buckets: LRUCache[str, _Bucket] = LRUCache(20_000)
        self._lock = Lock()

    def take(self, caller: str) -> Mapping[str, str]:
        """Count a request; answers the headers that tell how many are left, refuses with 429 when none are.

        Headers as in draft-ietf-httpapi-ratelimit-headers: the policy, what is left, seconds until it is full again.
        """
        now = self._clock()
        with self._lock:
            bucket = self._buckets.get(caller) or _Bucket(self._most, now)
            bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._most / _MINUTE)
            bucket.at = now
            allowed = bucket.left >= 1
            if allowed:
                bucket.left -= 1
            self._buckets[caller] = bucket
            left = bucket.left
        headers = {
            "RateLimit-Policy": f'"default";q={self._most};w={_MINUTE}',
            "RateLimit": f'"default";r={int(left)};t={ceil((self._most - left) * _MINUTE / self._most)}',
        }
        if not allowed:
            wait = max(1, ceil((1 - left) * _MINUTE / self._most))
            detail = f"More than {self._most} requests a minute; go on in {wait} seconds."
            raise Refusal(429, detail, {**headers, "Retry-After": str(wait)})
        return headers
