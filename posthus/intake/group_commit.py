"""Natural batching: whatever gathers while one flush runs is the next flush; each waiter gets its own answer."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue

import psycopg

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.inbox import NewEvent, Received, receive
from posthus.queue.lanes import Bursts
from posthus.telemetry import log

Outcome = Received | Exception


class IntakeFullError(Exception):
    """More is waiting than the bounds allow; come back later."""


class EventRefusedError(Exception):
    """The database refuses this one event, now and later."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait and go together; `patience` is how many seconds a flush may take before waiters leave."""

    flush_events: int = 500
    flush_bytes: int = 16_000_000
    waiting_events: int = 5_000
    waiting_bytes: int = 256_000_000
    patience: float = 10.0


Waiter = tuple[NewEvent, "asyncio.Future[Received]"]


class GroupCommit:
    """Belongs to one event loop; one thread of its own does the database's part.

    One flush at a time: two would only wait for each other at the log's lock.
    """

    def __init__(self, connection: OwnConnection, bounds: Bounds | None = None) -> None:
        self.connection = connection
        self.bounds = bounds or Bounds()
        self._bursts = Bursts()
        self._waiting: list[Waiter] = []
        self._flying: list[Waiter] = []
        self._bytes = 0
        self._planned = False
        self._stuck = False
        self._closing = False
        self._batches: SimpleQueue[list[Waiter] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._flush_all, name="group-commit", daemon=True)
        self._patience: asyncio.TimerHandle | None = None
        self._idle: asyncio.Event = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        """Start the thread; call it inside the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def submit(self, event: NewEvent) -> Received:
        """Return once the event is committed; raises IntakeFullError, DatabaseAwayError, EventRefusedError."""
        if self._closing or self._stuck:
            raise DatabaseAwayError("closing" if self._closing else "the database does not answer")
        weight = len(event.body)
        if (
            len(self._waiting) >= self.bounds.waiting_events
            or self._bytes + weight > self.bounds.waiting_bytes
        ):
            raise IntakeFullError
        future: asyncio.Future[Received] = self._loop.create_future()
        self._waiting.append((event, future))
        self._bytes += weight
        if not self._flying and not self._planned:
            # At the end of this turn of the loop, so that what arrived together is flushed together.
            self._planned = True
            self._idle.clear()
            self._loop.call_soon(self._hand_over)
        return await future

    async def close(self) -> None:
        """Take nothing more, flush what waits, then end the thread and its connection."""
        self._closing = True
        if self._thread.is_alive():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), self.bounds.patience)
            self._batches.put(None)
            await asyncio.to_thread(self._thread.join, self.bounds.patience)

    def _hand_over(self) -> None:
        self._planned = False
        taken = size = 0
        for event, _ in self._waiting[: self.bounds.flush_events]:
            if taken and size + len(event.body) > self.bounds.flush_bytes:
                break
            taken += 1
            size += len(event.body)
        self._flying, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._patience = self._loop.call_later(self.bounds.patience, self._lose_patience)
        self._batches.put(self._flying)

    def _flushed(self, outcomes: Sequence[Outcome]) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._stuck = False
        for (event, future), outcome in zip(self._flying, outcomes, strict=True):
            self._bytes -= len(event.body)
            _settle(future, outcome)
        self._flying = []
        if self._waiting:
            self._hand_over()
        else:
            self._idle.set()

    def _lose_patience(self) -> None:
        """Let every waiter go with an error; whoever comes is refused until the flush has returned."""
        log("intake_stuck", waiting=len(self._waiting) + len(self._flying))
        self._stuck = True
        away = DatabaseAwayError("the database does not answer")
        for _, future in self._flying + self._waiting:
            _settle(future, away)
        self._bytes -= sum(len(event.body) for event, _ in self._waiting)
        self._waiting = []

    def _flush_all(self) -> None:
        while (batch := self._batches.get()) is not None:
            events = [event for event, _ in batch]
            try:
                outcomes = self._commit(events)
            except Exception as error:  # noqa: BLE001 - the thread must outlive any fault, and every waiter hear of it
                log("intake_flush_failed", error=type(error).__name__)
                outcomes = [DatabaseAwayError("the events could not be stored")] * len(events)
            self._loop.call_soon_threadsafe(self._flushed, outcomes)
        self.connection.close()

    def _commit(self, events: Sequence[NewEvent]) -> list[Outcome]:
        try:
            return list(
                self.connection.run(lambda connection: receive(connection, events, self._bursts.lane))
            )
        except DatabaseAwayError as error:
            log("intake_database_away", events=len(events))
            return [error] * len(events)
        except (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError) as error:
            if len(events) == 1:
                log("event_refused", source_id=events[0].source_id, error=type(error).__name__)
                return [EventRefusedError(type(error).__name__)]
            # One poisoned event must not fail its neighbours: halves, until it stands alone.
            middle = len(events) // 2
            return self._commit(events[:middle]) + self._commit(events[middle:])


def _settle(future: "asyncio.Future[Received]", outcome: Outcome) -> None:
    if future.done():  # its waiter has left
        return
    if isinstance(outcome, Received):
        future.set_result(outcome)
    elif isinstance(outcome, DatabaseAwayError):
        future.set_exception(DatabaseAwayError(str(outcome)))  # each its own: a shared one gathers tracebacks
    else:
        future.set_exception(outcome)
