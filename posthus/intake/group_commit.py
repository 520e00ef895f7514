"""One commit for all that arrived meanwhile, one sync for all commits; the spool instead while the database is away."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import time

import psycopg

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.inbox import NewEvent, Received, alone, kept, receive, receive_soon
from posthus.intake.lane import Bounds, Committed, Lane, Outcome, Waiter, committed, settle
from posthus.intake.source_copy import SOURCES, SourceCopy
from posthus.intake.spool import Level, Spool, SpoolFullError, Spooling
from posthus.intake.spool_drain import Drain, Own
from posthus.originals.dictionaries import Packing
from posthus.queue.lanes import Bursts
from posthus.telemetry import Meter, log

__all__ = ["Bounds", "EventRefusedError", "GroupCommit", "IntakeFullError"]


class IntakeFullError(Exception):
    """More is waiting than the bounds allow; come back later."""


class EventRefusedError(Exception):
    """The database refuses this one event, now and later."""


class GroupCommit:
    """Belongs to one event loop; threads of its own do the database's and the disk's part.

    One commit at a time: two would only wait for each other at the log's lock. It does not wait for the disk: that
    is done beside it, for all groups that were committed meanwhile, and only then is anybody told yes. Without a
    spool, senders are refused while the database is away; whoever can fetch things again needs none.
    """

    def __init__(
        self,
        connection: OwnConnection,
        bounds: Bounds | None = None,
        spooling: Spooling | None = None,
    ) -> None:
        self.connection = connection
        self.syncing = OwnConnection(connection.url, name=f"{connection.name} sync")
        self.bounds = bounds or Bounds()
        self.meter = spooling.meter if spooling else Meter()
        self.spool = Spool(spooling.limits) if spooling else None
        self.copy = SourceCopy(spooling.limits.root / SOURCES) if spooling else None
        self._bursts = Bursts()
        self._packing = Packing()
        self._events = 0
        self._bytes = 0
        self._away = False
        self._stuck = False
        self._closing = False
        self._watch: asyncio.TimerHandle | None = None
        self._drain: Drain | None = None

    def start(self) -> None:
        """Start the threads; call it inside the running loop."""
        self._loop = asyncio.get_running_loop()
        self._syncs = Lane("group-sync", self._sync, self._synced, self.bounds)
        self._commits = Lane("group-commit", self._commit, self._committed, self.bounds, self._syncs)
        if self.spool is not None and self.copy is not None:
            self._appends = Lane("spool", self._append, self._appended, self.bounds)
            again = OwnConnection(self.connection.url, name=f"{self.connection.name} drain")
            self._drain = Drain(Own(self.spool, self.copy, self.meter), again, self._back_from_drain)
            self._drain.start()
            self.meter.watch(self.levels)

    async def submit(self, event: NewEvent) -> Received:
        """Return once the event is committed, or is in the spool while the database is away.

        Raises IntakeFullError, DatabaseAwayError, EventRefusedError.
        """
        if self._closing:
            raise DatabaseAwayError("closing")
        size = len(event.body)
        if self._events >= self.bounds.waiting_events or self._bytes + size > self.bounds.waiting_bytes:
            raise IntakeFullError
        spooling = self._stuck or self._away
        if spooling and self.spool is None:
            raise DatabaseAwayError("the database does not answer")
        waiter = Waiter(event, self._loop.create_future())
        self._events += 1
        self._bytes += size
        try:
            if spooling:
                self._appends.add([waiter])
            else:
                self._commits.add([waiter])
                if self._watch is None:
                    self._look_again(self.patience)
            return await waiter.future
        finally:
            self._events -= 1
            self._bytes -= size

    @property
    def waiting(self) -> int:
        """How many events are on their way."""
        return self._events

    @property
    def spooling(self) -> bool:
        """True while events go to the spool, or would if there were one."""
        return self._stuck or self._away

    def refusal(self, *, away: bool = False) -> str | None:
        """Why an event could not be accepted now, or None; `away` where the database is known not to answer."""
        if self._closing:
            return "shutting down"
        if not (away or self.spooling):
            return None
        if self.spool is None or self.copy is None:
            return "the database is away"
        return "nobody is known who may send" if self.copy.empty else self.spool.refusal()

    def waiting_in_spool(self) -> Level:
        """What was accepted and is not in the database yet."""
        return self.spool.level() if self.spool is not None else Level(0, 0, 0.0)

    def levels(self) -> dict[str, float]:
        """How much was accepted and is not in the database yet, and how old the oldest of it is."""
        waiting = self.waiting_in_spool()
        age = time() - waiting.since if waiting.since else 0.0
        return {"spool.events": waiting.events, "spool.bytes": waiting.size, "spool.age_seconds": age}

    async def close(self) -> None:
        """Take nothing more, write what waits, then end the threads and their connections."""
        self._closing = True
        for lane in (self._commits, self._syncs):
            with suppress(TimeoutError):
                await asyncio.wait_for(lane.idle.wait(), self.patience * 1.5)
        if self.spool is not None and self._drain is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._appends.idle.wait(), self.bounds.patience)
            await self._appends.close(self.bounds.patience)
            await asyncio.to_thread(self._drain.close)
            self.spool.close()
        for lane, connection in ((self._commits, self.connection), (self._syncs, self.syncing)):
            if await lane.close(self.patience):
                connection.close()
        if self._watch is not None:
            self._watch.cancel()

    @property
    def patience(self) -> float:
        """Seconds that the database may take before others are tried or told to come again."""
        return self.bounds.patience if self.spool is None else self.bounds.spool_after

    def _look_again(self, seconds: float) -> None:
        self._watch = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """Whether the commit on its way takes too long; looks again as long as there is one."""
        self._watch = None
        lanes = (self._commits, self._syncs)
        left = min(lane.overdue(self.patience) for lane in lanes)
        if left > 0:
            if not all(lane.idle.is_set() for lane in lanes):
                self._look_again(left)
            return
        self._stuck = True
        waiters = [waiter for lane in lanes for waiter in lane.give_up()]
        log("intake_stuck", waiting=len(waiters))
        self._turn_away(waiters, DatabaseAwayError("the database does not answer"))

    def _commit(self, waiters: Sequence[Waiter]) -> list[Outcome]:
        return self._stored([waiter.event for waiter in waiters])

    def _stored(self, events: Sequence[NewEvent]) -> list[Outcome]:
        soon = alone(events)
        try:
            received = self.connection.run(
                lambda connection: (
                    receive_soon(connection, events, self._bursts.lane)
                    if soon
                    else receive(connection, events, self._bursts.lane, self._packing)
                ),
                statement=soon,
            )
            return committed(events, received) if soon else list(received)
        except DatabaseAwayError as error:
            log("intake_database_away", events=len(events))
            return [error] * len(events)
        except (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError) as error:
            if len(events) == 1:
                log("event_refused", source_id=events[0].source_id, error=type(error).__name__)
                return [EventRefusedError(type(error).__name__)]
            # One poisoned event must not fail its neighbours: halves, until it stands alone.
            middle = len(events) // 2
            return self._stored(events[:middle]) + self._stored(events[middle:])

    def _committed(self, waiters: Sequence[Waiter], outcomes: Sequence[Outcome]) -> None:
        self._stuck = False
        away, unsynced = [], []
        for waiter, outcome in zip(waiters, outcomes, strict=True):
            if isinstance(outcome, Committed):
                unsynced.append(Waiter(waiter.event, waiter.future, outcome))
            elif isinstance(outcome, Received | EventRefusedError):
                settle(waiter.future, outcome)
            else:
                away.append(waiter)
        if unsynced:
            self._syncs.add(unsynced)
        if away:
            self._turn_away([*away, *self._commits.give_up()], DatabaseAwayError("it could not be stored"))

    def _sync(self, waiters: Sequence[Waiter]) -> list[Outcome]:
        unsynced = [waiter.committed for waiter in waiters if waiter.committed is not None]
        signs = {each.sign.event_id: each.sign for each in unsynced}
        there = self.syncing.run(lambda connection: kept(connection, list(signs.values())), statement=True)
        lost = DatabaseAwayError("the database lost it in a crash")
        found = dict(zip(signs, there, strict=True))
        return [each.received if found[each.sign.event_id] else lost for each in unsynced]

    def _synced(self, waiters: Sequence[Waiter], outcomes: Sequence[Outcome]) -> None:
        self._stuck = False
        away = []
        for waiter, outcome in zip(waiters, outcomes, strict=True):
            if isinstance(outcome, Received):
                settle(waiter.future, outcome)
            else:
                away.append(waiter)
        if away:
            log("intake_sync_failed", events=len(away))
            self._turn_away(away, DatabaseAwayError("it could not be stored"))
        self._commits.go_on()

    def _turn_away(self, waiters: Sequence[Waiter], error: DatabaseAwayError) -> None:
        """The database does not take these: the spool does, or their senders are told to come again."""
        unanswered = [waiter for waiter in waiters if not waiter.future.done()]
        if self.spool is None or self._drain is None:
            for waiter in unanswered:
                settle(waiter.future, error)
            return
        if not self._away:
            self._away = True
            self._drain.away()
            log("spooling_begins", waiting=len(unanswered))
        if unanswered:
            self._appends.add(unanswered)

    def _append(self, waiters: Sequence[Waiter]) -> list[Outcome]:
        assert self.spool is not None
        events = [waiter.event for waiter in waiters]
        try:
            self.spool.append(events)
        except SpoolFullError as error:
            log("spool_refuses", events=len(events), error=str(error))
            return [DatabaseAwayError(f"the database is away, and {error}")] * len(events)
        self.meter.add("spool.appended", len(events))
        return [Received(event.event_id, duplicate=False) for event in events]

    def _appended(self, waiters: Sequence[Waiter], outcomes: Sequence[Outcome]) -> None:
        for waiter, outcome in zip(waiters, outcomes, strict=True):
            assert not isinstance(outcome, Committed)
            settle(waiter.future, outcome)

    def _back_from_drain(self) -> None:
        self._loop.call_soon_threadsafe(self._back)

    def _back(self) -> None:
        if self._away:
            self._away = False
            log("spooling_ends")
