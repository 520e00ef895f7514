"""Remembered answers that stay exact while messages come: brought up to date by looking at what came since.

An answer is kept with the snapshot it was read under. While the feed knows of no change since, it is served as it
is. Otherwise `search_change` tells, by transaction, which messages came in between: only those are matched and
ranked. Any other change, or one that moves the weights of the words, has it made anew.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Literal, NamedTuple
from uuid import UUID

from cachetools import LRUCache
from psycopg import Connection

from posthus.cache.feed import Feed, clock
from posthus.cache.snapshot import Snapshot, Topic
from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.search.plan import Thresholds
from posthus.search.request import Meaning, SearchRequest, SearchResult
from posthus.search.search import Answered, answer, asking
from posthus.search.standing import FAILED, UNUSED, Standing, brought_up_to_date, stand
from posthus.search.steps import Steps
from posthus.search.still import Still
from posthus.telemetry import Meter

SQL = load(__file__)
HELD = 400_000  # messages that all remembered answers together may hold: some 40 MB
MOST_ARRIVED = 2_000
LONGEST_SECONDS = 240.0  # what changed longer ago may have been pruned
QUARTER = 900

Level = Literal["new", "kept", "updated"]
OpenStill = Callable[[], AbstractContextManager[Still]]


class Asked(NamedTuple):
    """Two searches are one when all of this is equal; every member of a workspace may see the same of it."""

    request: SearchRequest
    model: str | None
    quarter: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer with the snapshot it contains, the topics it follows from, and what making it took."""

    answered: Answered
    stamp: Snapshot
    topics: frozenset[Topic]
    at: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class _Change:
    message_id: UUID | None


@dataclass(frozen=True, slots=True)
class Memory:
    """What remembering was worth since the process began: answers by how they were given, and seconds not spent."""

    new: int = 0
    kept: int = 0
    updated: int = 0
    seconds_saved: float = 0.0


class RememberedSearches:
    """The answers of one process, the most recently used kept; safe to use from several threads."""

    def __init__(self, feed: Feed, meter: Meter | None = None, limits: Thresholds | None = None) -> None:
        self._feed = feed
        self._meter = meter or Meter()
        self._limits = limits or Thresholds()
        self._entries: LRUCache[Asked, Remembered] = LRUCache(HELD, getsizeof=_weight)
        self._lock = Lock()
        self.memory = Memory()
        self._meter.watch(self._levels)

    def search(
        self,
        open_still: OpenStill,
        request: SearchRequest,
        meaning: Meaning | None,
        written: int | None = None,
    ) -> tuple[SearchResult, Level]:
        """The answer, containing every commit older than the feed's bound and the caller's own `written`.

        `open_still` opens a transaction that reads under one snapshot. Raises SearchError and FeedUnreachableError.
        """
        steps = Steps()
        asked = _key(request, meaning)
        self._feed.hold(written)
        with self._lock:
            known = self._entries.get(asked)
        if known is not None and self._feed.fresh(known.stamp, known.topics):
            return self._told(known.answered.result, "kept", steps, known.milliseconds)
        with asking(request, meaning) as vector, open_still() as (connection, stamp, beside):
            updated = None if known is None else _updated(connection, known, steps)
            level: Level = "new" if updated is None else "updated"
            answered = updated
            if answered is None:
                wanted = None if vector is None else replace(vector, beside=beside)
                answered = answer(connection, stand(connection, request, wanted, self._limits, steps), steps)
        self._keep(
            asked,
            answered,
            stamp,
            steps.milliseconds if known is None or updated is None else known.milliseconds,
        )
        return self._told(answered.result, level, steps, 0.0 if known is None else known.milliseconds)

    def level(self, request: SearchRequest, meaning: Meaning | None) -> Level:
        """How the request would be answered now."""
        with self._lock:
            known = self._entries.get(_key(request, meaning))
        if known is None:
            return "new"
        return "kept" if self._feed.fresh(known.stamp, known.topics) else "updated"

    def _levels(self) -> dict[str, float]:
        """What the process reports of itself, since it began."""
        return {f"remembered.{name}": float(amount) for name, amount in asdict(self.memory).items()}

    def _keep(self, asked: Asked, answered: Answered, stamp: Snapshot, milliseconds: float) -> None:
        if answered.standing.meaning.said in {FAILED, UNUSED}:
            return  # the model may be there for the next one, and no change tells so
        entry = Remembered(answered, stamp, _topics(answered), clock(), milliseconds)
        with self._lock:
            before = self._entries.get(asked)
            if before is None or before.stamp.xmin <= stamp.xmin:
                self._entries[asked] = entry

    def _told(
        self, result: SearchResult, level: Level, steps: Steps, without: float
    ) -> tuple[SearchResult, Level]:
        took = steps.milliseconds
        saved = 0.0 if level == "new" else max(0.0, without - took) / 1000
        with self._lock:
            before = self.memory
            counted = replace(before, seconds_saved=before.seconds_saved + saved)
            self.memory = {
                "new": replace(counted, new=before.new + 1),
                "kept": replace(counted, kept=before.kept + 1),
                "updated": replace(counted, updated=before.updated + 1),
            }[level]
        for name, amount in ((level, 1.0), ("seconds", took / 1000), ("seconds_saved", saved)):
            self._meter.add(f"search.{name}", amount)
        return replace(result, milliseconds=took), level


def _weight(entry: Remembered) -> int:
    return entry.answered.standing.weight


def _key(request: SearchRequest, meaning: Meaning | None) -> Asked:
    # What `7d` means changes at midnight, and midnight is on a quarter of an hour everywhere.
    text = " ".join(request.text.split())
    quarter = int(datetime.now(UTC).timestamp()) // QUARTER if ":" in text else 0
    return Asked(replace(request, text=text), None if meaning is None else meaning.model, quarter)


def _topics(answered: Answered) -> frozenset[Topic]:
    """What must not have changed: messages and words; the names it shows and looks up; states, where it asks for them."""
    standing = answered.standing
    names = {"search", "contacts", "companies"}
    fields = {chip.field for chip in standing.said.narrowing.chips}
    names |= {f"{field}s" for field in fields & {"source", "tag"}}
    if standing.said.narrowing.by_state:
        names.add("conversations")
    return frozenset(Topic(standing.request.workspace_id, name) for name in names)


def _updated(connection: Connection, known: Remembered, steps: Steps) -> Answered | None:
    """The answer as of this transaction, if what came since explains the whole difference."""
    standing = known.answered.standing
    if standing.said.narrowing.by_state or clock() - known.at > LONGEST_SECONDS:
        return None
    given = {
        "workspace": standing.request.workspace_id,
        "since": str(known.stamp),
        "most": MOST_ARRIVED + 1,
    }
    with steps.time("changes") as found:
        changes = rows(connection, SQL["changes_since"], given, _Change)
        found(len(changes))
    arrived = [change.message_id for change in changes if change.message_id is not None]
    if len(arrived) < len(changes) or len(changes) > MOST_ARRIVED:
        return None
    now = brought_up_to_date(connection, standing, arrived, steps)
    if now is None:
        return None
    gone = frozenset(arrived)
    shown = {one: shown for one, shown in known.answered.shown.items() if one not in gone}
    same = _lexemes(now) == _lexemes(standing)
    return answer(connection, now, steps, shown if same else None)


def _lexemes(standing: Standing) -> list[tuple[str, ...]]:
    return [term.lexemes for term in (*standing.said.terms, *standing.said.joined)]


def prune_changes(connection: Connection) -> int:
    """Drop changes that no remembered answer can still need; right after the feed's own prune; answers how many."""
    return connection.execute(SQL["prune_changes"]).rowcount
