"""Request bodies as they come in: none too long, none for ever, and never too many at once."""

import asyncio
from collections.abc import AsyncIterable, Awaitable
from dataclasses import dataclass

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

    async def whole(self, body: Awaitable[bytes], length: int) -> bytes:
        """A small body of the announced length; raises SlowSenderError, IntakeFullError."""
        self._take(length)
        try:
            async with asyncio.timeout(self.seconds):
                return await body
        except TimeoutError:
            raise SlowSenderError from None
        finally:
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


def small(length: int | None) -> bool:
    """Whether a body announced with this length is read in one piece."""
    return length is not None and length <= _SMALL
