"""Natural batching: whatever gathers while one batch is written is the next batch."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import NamedTuple

from posthus.intake.inbox import NewEvent, Received
from posthus.telemetry import log


class Committed(NamedTuple):
    """What an event's answer will be once the commit that it rests on is on the disk; `sign` tells whether it is there."""

    received: Received
    sign: NewEvent


Outcome = Received | Committed | Exception


class Waiter(NamedTuple):
    """An event, whoever waits for it to be written, and how far it has come."""

    event: NewEvent
    future: "asyncio.Future[Received]"
    committed: Committed | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait and go together.

    `patience` is how many seconds a flush may take before its waiters are refused, `spool_after` before they
    go to the spool instead, where there is one. While a lane is followed by one that is busy, a batch begins with
    `overlap` events at least: a smaller one costs more than it gains.
    """

    flush_events: int = 500
    flush_bytes: int = 16_000_000
    waiting_events: int = 5_000
    waiting_bytes: int = 256_000_000
    patience: float = 10.0
    spool_after: float = 1.0
    overlap: int = 32


class Lane:
    """One batch at a time, written by a thread of its own; belongs to one event loop.

    `write` answers one outcome per waiter; `written` is told in the loop what became of a batch. `before` is the
    lane that batches go to next; when that becomes idle, `go_on` is to be called.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[Sequence[Waiter]], Sequence[Outcome]],
        written: Callable[[Sequence[Waiter], Sequence[Outcome]], None],
        bounds: Bounds,
        before: "Lane | None" = None,
    ) -> None:
        self.bounds = bounds
        self.before = before
        self.idle = asyncio.Event()
        self.idle.set()
        self._write = write
        self._written = written
        self._waiting: list[Waiter] = []
        self._flying: list[Waiter] = []
        self._planned = False
        self._loop = asyncio.get_running_loop()
        self._batches: SimpleQueue[list[Waiter] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        self._flown_at = 0.0

    def add(self, waiters: Sequence[Waiter]) -> None:
        """Write these with the next batch."""
        self._waiting += waiters
        if not self._flying and not self._planned:
            # At the end of this turn of the loop, so that what arrived together is written together.
            self._planned = True
            self.idle.clear()
            self._loop.call_soon(self._hand_over)

    def go_on(self) -> None:
        """Begin what was held back."""
        if self._waiting and not self._flying and not self._planned:
            self._hand_over()

    @property
    def busy(self) -> bool:
        """Whether anything waits or is on its way."""
        return bool(self._flying or self._waiting or self._planned)

    def overdue(self, seconds: float) -> float:
        """How long until the batch on its way has taken `seconds`; 0 or less when it has."""
        return self._flown_at + seconds - self._loop.time() if self._flying else seconds

    def give_up(self) -> list[Waiter]:
        """Everything that is not written yet, also the batch on its way; that one may still be written."""
        waiting, self._waiting = self._waiting, []
        if not self._flying and not self._planned:
            self.idle.set()
        return [*self._flying, *waiting]

    async def close(self, seconds: float) -> bool:
        """End the thread once the batch on its way is written; False where that takes longer than `seconds`."""
        self._batches.put(None)
        await asyncio.to_thread(self._thread.join, seconds)
        return not self._thread.is_alive()

    def _hand_over(self) -> None:
        self._planned = False
        if self.before is not None and self.before.busy and 0 < len(self._waiting) < self.bounds.overlap:
            return
        taken = size = 0
        for waiter in self._waiting[: self.bounds.flush_events]:
            if taken and size + len(waiter.event.body) > self.bounds.flush_bytes:
                break
            taken += 1
            size += len(waiter.event.body)
        self._flying, self._waiting = self._waiting[:taken], self._waiting[taken:]
        if not self._flying:  # they were taken away in between
            self.idle.set()
            return
        self._flown_at = self._loop.time()
        self._batches.put(self._flying)

    def _landed(self, outcomes: Sequence[Outcome]) -> None:
        landed, self._flying = self._flying, []
        self._written(landed, outcomes)
        if self._planned or self._flying:
            return
        if self._waiting:
            self._hand_over()
        else:
            self.idle.set()

    def _run(self) -> None:
        while (batch := self._batches.get()) is not None:
            try:
                outcomes: Sequence[Outcome] = self._write(batch)
            except Exception as error:  # noqa: BLE001 - the thread must outlive any fault, and every waiter hear of it
                log("intake_flush_failed", error=type(error).__name__)
                outcomes = [error] * len(batch)
            self._loop.call_soon_threadsafe(self._landed, outcomes)


def committed(events: Sequence[NewEvent], received: Sequence[Received]) -> list[Outcome]:
    """The outcomes of one transaction: what is new is there if any of it is, a repetition rests on a commit of its own."""
    new = next((event for event, one in zip(events, received, strict=True) if not one.duplicate), None)
    return [
        Committed(one, event if one.duplicate or new is None else new)
        for event, one in zip(events, received, strict=True)
    ]


def settle(future: "asyncio.Future[Received]", outcome: Received | Exception) -> None:
    """Tell a waiter what became of its event, unless it was told or has left."""
    if future.done():
        return
    if isinstance(outcome, Received):
        future.set_result(outcome)
    else:
        # Each its own: a shared exception gathers the tracebacks of all who raise it.
        future.set_exception(type(outcome)(*outcome.args))
