"""Remembered answers: stamped with the snapshot they were read under, served only while provably fresh."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache
from psycopg import Connection

from posthus.cache.feed import Feed
from posthus.cache.snapshot import Snapshot, Topic
from posthus.database.queries import load

SQL = load(__file__)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Value]):
    """A value with the snapshot of the very statement (or still transaction) that read it."""

    value: Value
    stamp: Snapshot
    topics: frozenset[Topic]


def stand_still(connection: Connection) -> Snapshot:
    """Make the whole transaction read under one snapshot, and answer it; must come before any query."""
    connection.execute("set transaction isolation level repeatable read")
    found = connection.execute(SQL["stamp"]).fetchone()
    if found is None:
        raise LookupError("the database has no snapshot")
    return Snapshot.parse(found[0])


def written(connection: Connection) -> int:
    """The number of this writing transaction: shown on later reads, they contain what it wrote."""
    found = connection.execute(SQL["written"]).fetchone()
    if found is None:
        raise LookupError("the database gave the transaction no number")
    return int(found[0])


class Cache(Generic[Value]):
    """The most recently used answers of one kind; nothing is ever invalidated by deleting it."""

    def __init__(self, feed: Feed, entries: int = 1000) -> None:
        self._feed = feed
        self._entries: LRUCache[Hashable, Loaded[Value]] = LRUCache(entries)
        self._flights: dict[Hashable, Future[Loaded[Value]]] = {}
        self._lock = Lock()
        self.hits = 0
        self.misses = 0

    def remember(self, key: Hashable, load: Callable[[], Loaded[Value]], written: int | None = None) -> Value:
        """The value of `key`: a remembered one that misses no commit older than the feed's bound, or loaded.

        It contains the caller's own transaction `written`. Callers that ask for one key at once wait for
        one load. Raises what `load` raises, and FeedUnreachableError.
        """
        self._feed.hold(written)
        with self._lock:
            known = self._entries.get(key)
        if known is not None and self._feed.fresh(known.stamp, known.topics):
            self.hits += 1
            self._feed.hits += 1
            return known.value
        self.misses += 1
        self._feed.misses += 1
        with self._lock:
            flight = self._flights.get(key)
            mine: Future[Loaded[Value]] | None = None
            if flight is None:
                mine = self._flights[key] = Future()
        if mine is not None:
            return self._fly(key, mine, load)
        assert flight is not None
        if flight.exception() is None:
            shared = flight.result()
            # The load may have begun before this read did: it is judged like any remembered value.
            if self._feed.fresh(shared.stamp, shared.topics):
                return shared.value
        return self._keep(key, load()).value

    def _fly(self, key: Hashable, flight: Future[Loaded[Value]], load: Callable[[], Loaded[Value]]) -> Value:
        try:
            loaded = self._keep(key, load())
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
            raise
        self._land(key)
        flight.set_result(loaded)
        return loaded.value

    def _land(self, key: Hashable) -> None:
        with self._lock:
            self._flights.pop(key, None)

    def _keep(self, key: Hashable, loaded: Loaded[Value]) -> Loaded[Value]:
        with self._lock:
            known = self._entries.get(key)
            if known is None or known.stamp.xmin <= loaded.stamp.xmin:
                self._entries[key] = loaded
        return loaded
