"""Request bodies as they come in: none too long, none for ever, and never too many at once."""

import asyncio
from collections.abc import AsyncIterable, Awaitable
from dataclasses import dataclass, field

from posthus.intake.group_commit import IntakeFullError

_SMALL = 1_000_000  # bytes; a body announced as smaller is read in one piece


class SlowSenderError(Exception):
    """The body did not arrive in time."""


@dataclass(slots=True)
class Bodies:
    """What one process is reading now: at most `most` bytes, each body within `seconds`."""

    most: int = 256_000_000
    seconds: float = 60.0
    reading: int = 0
    _deadlines: "_Deadlines" = field(init=False)

    def __post_init__(self) -> None:
        self._deadlines = _Deadlines(self.seconds)

    async def whole(self, body: Awaitable[bytes], length: int) -> bytes:
        """A small body of the announced length; raises SlowSenderError, IntakeFullError."""
        self._take(length)
        task = self._deadlines.begin()
        try:
            return await body
        except asyncio.CancelledError:
            if self._deadlines.passed(task):
                raise SlowSenderError from None
            raise
        finally:
            self._deadlines.end(task)
            self.reading -= length

    async def pieces(self, pieces: AsyncIterable[bytes], limit: int) -> bytes | None:
        """A body of any length, or None as soon as it is longer than `limit`; raises as `whole` does."""
        gathered: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.seconds):
                async for piece in pieces:
                    if size + len(piece) > limit:
                        return None
                    self._take(len(piece))
                    size += len(piece)
                    gathered.append(piece)
        except TimeoutError:
            raise SlowSenderError from None
        finally:
            self.reading -= size
        return b"".join(gathered)

    def _take(self, size: int) -> None:
        if self.reading + size > self.most:
            raise IntakeFullError
        self.reading += size


class _Deadlines:
    """One timer for all tasks that read: each its own costs more than reading a small body."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[asyncio.Task[object], float] = {}  # in the order they began, and so of their ends
        self._late: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> "asyncio.Task[object]":
        """The running task has so long from now; call `end` whatever becomes of it."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._until[task] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look)
        return task

    def end(self, task: "asyncio.Task[object]") -> None:
        """It has read."""
        self._until.pop(task, None)
        self._late.discard(task)

    def passed(self, task: "asyncio.Task[object]") -> bool:
        """Whether a task was cancelled here, and by nobody else."""
        return task in self._late and task.uncancel() == 0

    def _look(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        for task, until in list(self._until.items()):
            if until > loop.time():
                self._timer = loop.call_at(until, self._look)
                return
            del self._until[task]
            self._late.add(task)
            task.cancel()


def small(length: int | None) -> bool:
    """Whether a body announced with this length is read in one piece."""
    return length is not None and length <= _SMALL
