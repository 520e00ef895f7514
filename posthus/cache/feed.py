"""The feed of changes: one process asks Postgres what changed, holds a lease, and tells its subscribers."""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from threading import Event, Lock, Thread
from typing import NamedTuple

import psycopg
from psycopg import Connection

from posthus.cache.snapshot import Change, Ledger, Snapshot, Topic
from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.telemetry import log

SQL = load(__file__)

KEPT_SECONDS = 600.0
# A reader that was away for longer than this starts again: what it missed may have been pruned.
AWAY_SECONDS = KEPT_SECONDS / 2
PATIENCE_SECONDS = 5.0

Notify = Callable[[frozenset[str]], None]


class FeedUnreachableError(Exception):
    """The database did not say what changed, so nothing remembered may be served."""


class Subscription(NamedTuple):
    """Who is told: `changed` gets topics from the feed's thread, `lost` that it must read all again."""

    workspace_id: int
    changed: Notify
    lost: Callable[[], None]


def clock() -> float:
    """Seconds that also pass while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Feed:
    """Knows every change that was committed `bound` seconds ago or earlier, while its lease lasts.

    The lease counts from before the poll, so it is never too long; it needs no message to arrive and no
    other process to live. `database` must be a primary: a standby's snapshots omit running transactions.
    """

    def __init__(self, database: Database, bound: float = 1.0) -> None:
        self.bound = bound
        self.hits = 0
        self.misses = 0
        self._database = database
        self._ledger = Ledger()
        self._lease_until = float("-inf")
        self._polled_at = float("-inf")
        self._state = Lock()
        self._polling = Lock()
        self._held = ExitStack()
        self._connection: Connection | None = None
        self._subscriptions: set[Subscription] = set()
        self._ending = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Poll every quarter of the bound, in a thread of its own; safe to call twice."""
        with self._state:
            if self._thread is None and not self._ending.is_set():
                self._thread = Thread(target=self._run, name="posthus-feed", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop polling and tell every subscriber that the feed has ended."""
        self._ending.set()
        with self._state:
            ended = list(self._subscriptions)
            self._subscriptions.clear()
        for subscription in ended:
            subscription.lost()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)
        if self._polling.acquire(timeout=PATIENCE_SECONDS):
            self._drop_connection()
            self._polling.release()

    def subscribe(self, subscription: Subscription) -> Callable[[], None]:
        """Be told of every commit from now on; the answer ends it. After `close` it is lost at once."""
        self.hold()  # without a first snapshot, what is committed before it would be told to nobody
        with self._state:
            ended = self._ending.is_set()
            if not ended:
                self._subscriptions.add(subscription)
        if ended:
            subscription.lost()
        return lambda: self._unsubscribe(subscription)

    def hold(self, written: int | None = None) -> None:
        """Return under a lease that also covers the reader's own transaction `written`, asking if needed."""
        self.start()
        began = clock()
        with self._state:
            snapshot = self._ledger.snapshot
            held = began < self._lease_until
            if held and (written is None or (snapshot is not None and snapshot.sees(written))):
                return
        self.refresh(began)

    def fresh(self, stamp: Snapshot, topics: Iterable[Topic]) -> bool:
        """Whether a value read under `stamp` contains every change that this feed knows of."""
        with self._state:
            return self._ledger.fresh(stamp, topics)

    def version(self) -> str:
        """The newest snapshot as text; empty before the first poll."""
        with self._state:
            return str(self._ledger.snapshot or "")

    def refresh(self, since: float | None = None) -> None:
        """Ask now, unless somebody asked after `since`; raises FeedUnreachableError."""
        since = clock() if since is None else since
        if not self._polling.acquire(timeout=PATIENCE_SECONDS):
            raise FeedUnreachableError("the database does not answer")
        try:
            if self._polled_at < since:
                self._poll_again_if_cut()
        finally:
            self._polling.release()

    def _poll_again_if_cut(self) -> None:
        for left in (1, 0):
            try:
                self._poll()
            except (psycopg.Error, OSError) as error:
                # A connection that was cut while idle is no reason to refuse: a new one is tried once.
                self._drop_connection()
                if not left:
                    raise FeedUnreachableError("the database cannot be reached") from error
            else:
                return

    def _poll(self) -> None:
        began = clock()
        with self._state:
            away = began - self._polled_at > AWAY_SECONDS
            previous = None if away else self._ledger.snapshot
        snapshot, changes = _read(self._connected(), previous)
        with self._state:
            if previous is None:
                first = self._ledger.snapshot is None
                self._ledger.restart(snapshot, changes)
                new: list[Change] = []
            else:
                first = True
                new = self._ledger.advance(snapshot, changes)
            self._polled_at = began
            self._lease_until = began + self.bound
            told = list(self._subscriptions)
        for subscription in told:
            self._tell(subscription, new, known=first)

    def _tell(self, subscription: Subscription, new: list[Change], *, known: bool) -> None:
        names = frozenset(
            change.topic.name for change in new if change.topic.workspace_id == subscription.workspace_id
        )
        if not known:
            self._unsubscribe(subscription)
            subscription.lost()
        elif names:
            subscription.changed(names)

    def _unsubscribe(self, subscription: Subscription) -> None:
        with self._state:
            self._subscriptions.discard(subscription)

    def _run(self) -> None:
        reached = True
        while not self._ending.wait(self.bound / 4):
            try:
                self.refresh()
            except FeedUnreachableError:
                if reached:
                    log("feed_unreachable", level=logging.WARNING)
                reached = False
            else:
                reached = True

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._held.enter_context(self._database.autocommit())
        return self._connection

    def _drop_connection(self) -> None:
        self._connection = None
        try:
            self._held.close()
        except psycopg.Error:
            log("feed_connection_was_gone")


def _read(connection: Connection, previous: Snapshot | None) -> tuple[Snapshot, list[Change]]:
    parameters = {"previous": None if previous is None else str(previous)}
    found = connection.execute(SQL["poll"], parameters).fetchone()
    if found is None:
        raise FeedUnreachableError("the database answered nothing")
    changes = [Change(Topic(workspace_id, name), int(xid)) for workspace_id, name, xid in found[1]]
    return Snapshot.parse(found[0]), changes


def prune(connection: Connection, seconds: float = KEPT_SECONDS) -> int:
    """Drop changes that no feed can still need; call it every few minutes; answers how many went."""
    connection.execute(SQL["mark"])
    dropped = connection.execute(SQL["prune"], {"seconds": seconds}).rowcount
    connection.execute(SQL["prune_marks"], {"seconds": seconds})
    return dropped
