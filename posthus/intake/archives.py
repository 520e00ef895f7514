"""Mail in zip and tar files, read as a stream: nothing is unpacked to disk, and no bomb is unpacked at all."""

import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from lzma import LZMAError
from typing import BinaryIO
from zlib import error as DeflateError  # noqa: N812 - it is one

from posthus.intake.contents import OneFile
from posthus.intake.mbox import LARGEST_MESSAGE, Piece, Readable, Reason, is_mbox, is_message, read_mbox

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MOST_BYTES = 200_000_000_000  # out of one archive, unpacked
BEGINNING = 4096  # bytes that tell what a file is
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, tarfile.TarError)
_BROKEN = (*_UNREADABLE, DeflateError, LZMAError)
Entries = Iterator[tuple[str, Readable | None]]


@dataclass(frozen=True, slots=True)
class Archive(OneFile):
    """A zip or tar of messages and mailboxes; positions count messages."""

    total: int = 0  # nobody knows before it is read

    def reached(self, position: int) -> int:
        """How many of its bytes were read by now, whatever the position."""
        del position
        return self.content.place

    def read(self, position: int) -> Iterator[Piece]:
        """The messages after the first `position`; those are read again and passed over."""
        entries = _zip if self.path.lower().endswith(".zip") else _tar
        with self.content.open() as file:
            for number, piece in enumerate(_pieces(entries(file)), 1):
                if number > position:
                    yield Piece(piece.raw, number, piece.trouble, piece.name)


def read_message(file: Readable, position: int, largest: int = LARGEST_MESSAGE) -> Piece:
    """A file that is one message; of one that breaks off, what could be read; none of one too large."""
    reading = _Reading(file, largest + 1)
    raw = b"".join(iter(lambda: reading.read(1 << 20), b""))
    if len(raw) > largest:
        return Piece(None, position, "too_large")
    trouble: Reason | None = "broken" if reading.broken else None if raw else "empty"
    return Piece(raw or None, position, trouble)


class _Reading:
    """A file that ends where it cannot be read any further, and after `left` bytes."""

    def __init__(self, file: Readable, left: int) -> None:
        self.file = file
        self.left = left
        self.broken = False
        self._ahead = b""

    def look(self) -> bytes:
        """The beginning, which the next `read` answers again."""
        self._ahead = self.read(BEGINNING)
        return self._ahead

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        if self._ahead:
            piece, self._ahead = self._ahead, b""
            return piece
        try:
            piece = self.file.read(min(size, self.left))
        except _BROKEN:
            self.broken = True
            return b""
        self.left -= len(piece)
        return piece


def _pieces(entries: Entries) -> Iterator[Piece]:
    left = MOST_BYTES
    for name, file in entries:
        if file is None or left <= 0:
            yield Piece(None, 0, "too_much" if file else "locked" if name else "damaged", name)
            continue
        reading = _Reading(file, left)
        for piece in _messages(name.lower(), reading):
            yield Piece(piece.raw, 0, piece.trouble, name)
        left = reading.left


def _messages(name: str, reading: _Reading) -> Iterator[Piece]:
    beginning = reading.look()
    in_maildir = name.rpartition("/")[0].endswith(("cur", "new"))
    if name.endswith((*ARCHIVES, ".pst", ".ost")) or "__macosx/" in name:
        return
    if name.endswith((".eml", ".msg")) or (in_maildir and not is_mbox(beginning)):
        yield _alone(reading)
    elif is_mbox(beginning):
        yield from read_mbox(reading)
        if reading.broken:
            yield Piece(None, 0, "broken")
    elif is_message(beginning):
        yield _alone(reading)
    elif reading.broken:
        yield Piece(None, 0, "broken")


def _alone(reading: _Reading) -> Piece:
    piece = read_message(reading, 0)
    return Piece(piece.raw, 0, "broken" if reading.broken else piece.trouble)


def _zip(packed: BinaryIO) -> Entries:
    try:
        with zipfile.ZipFile(packed) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                try:
                    file = archive.open(entry)
                except _BROKEN:  # encrypted, or an unknown compression
                    yield entry.filename, None
                    continue
                with file:
                    yield entry.filename, file
    except _BROKEN:
        yield "", None


def _tar(packed: BinaryIO) -> Entries:
    try:
        with tarfile.open(fileobj=packed, mode="r|*") as archive:
            for entry in archive:
                if entry.isfile():
                    yield entry.name, archive.extractfile(entry)
    except _BROKEN:
        yield "", None
