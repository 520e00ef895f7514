"""A file of old mail, wherever it lies: on disk, or sent in and kept by the database in pieces."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER = 1 << 20


class Content(Protocol):
    """What is read from front to back, perhaps after a look at its end."""

    @property
    def name(self) -> str:
        """What it is called, with its ending."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def place(self) -> int:
        """How many bytes the reading that goes on has come; all, when it has ended."""

    def open(self) -> BinaryIO:
        """For reading from its first byte; it can be moved in."""

    def stamp(self) -> str:
        """Changes with what it holds."""


@dataclass(frozen=True, slots=True)
class OneFile:
    """What a mailbox that is one file has in common with every other."""

    content: Content

    @property
    def path(self) -> str:
        """What it is called."""
        return self.content.name

    @property
    def size(self) -> int:
        """Bytes."""
        return self.content.size

    def fingerprint(self) -> str:
        """Changes with what it holds."""
        return self.content.stamp()


@dataclass(slots=True)
class DiskFile:
    """A file on disk; its name is its path."""

    name: str
    _opened: BinaryIO | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Bytes, now."""
        return Path(self.name).stat().st_size

    @property
    def place(self) -> int:
        """See Content."""
        return _place(self._opened, self.size)

    def open(self) -> BinaryIO:
        """See Content."""
        self._opened = Path(self.name).open("rb")  # noqa: SIM115 - whoever asked closes it
        return self._opened

    def stamp(self) -> str:
        """Its size and its time of change."""
        status = Path(self.name).stat()
        return f"{status.st_size}-{status.st_mtime_ns}"


PieceAt = Callable[[int], tuple[int, bytes]]


@dataclass(slots=True)
class Uploaded:
    """A file that was sent in; `piece_at` answers where the piece with a byte begins, and the piece."""

    name: str
    size: int
    piece_at: PieceAt = field(repr=False)
    _opened: BinaryIO | None = field(default=None, repr=False, compare=False)

    @property
    def place(self) -> int:
        """See Content."""
        return _place(self._opened, self.size)

    def open(self) -> BinaryIO:
        """See Content; one piece and a buffer are in memory."""
        self._opened = io.BufferedReader(_Pieces(self.size, self.piece_at), BUFFER)
        return self._opened

    def stamp(self) -> str:
        """It never changes."""
        return str(self.size)


def _place(opened: BinaryIO | None, size: int) -> int:
    if opened is None:
        return 0
    return size if opened.closed else opened.tell()


class _Pieces(io.RawIOBase):
    """Pieces as one file."""

    def __init__(self, size: int, piece_at: PieceAt) -> None:
        super().__init__()
        self._size = size
        self._piece_at = piece_at
        self._place = 0
        self._start = 0
        self._piece = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to a place; raises OSError before the beginning."""
        place = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence] + offset
        if place < 0:
            raise OSError("before the beginning")
        self._place = place
        return place

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill what the piece at hand has; 0 at the end."""
        if self._place >= self._size:
            return 0
        if not self._start <= self._place < self._start + len(self._piece):
            self._start, self._piece = self._piece_at(self._place)
        into = memoryview(buffer).cast("B")
        begin = self._place - self._start
        there = self._piece[begin : begin + len(into)]
        into[: len(there)] = there
        self._place += len(there)
        return len(there)
