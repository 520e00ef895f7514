"""Mailbox files (mbox, RFC 4155 and its older relatives), cut into messages while they are read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

LARGEST_MESSAGE = 50_000_000
_PIECE = 1 << 20
# "From someone@example.com Mon Jan  5 10:11:12 2026", with any zone, before a header line.
_FROM = re.compile(rb"From [^\r\n]*\d{1,2}:\d\d[^\r\n]*\r?\n(?=>?From |[!-9;-~]+[ \t]*:|\r?\n)")
_CONTENT_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_BLANK = re.compile(rb"[\r\n]*")
_NAME = b"-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LOOK_AHEAD = 4096  # bytes that must follow a place before it is judged


# Why a message could not be read, or not wholly: over the limit; it breaks off; there is nothing in it; encrypted, or
# packed in a way that is not known; the archive is damaged there, or unpacks to more than is read of any; the file
# cannot be opened; the database does not take it.
Reason = Literal["too_large", "broken", "empty", "locked", "damaged", "too_much", "unreadable", "refused"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One message; `position` is where the next one begins.

    With a `trouble` it could not be read, or broke off; `raw` is what could be read of it, `name` the file it was in.
    """

    raw: bytes | None
    position: int
    trouble: Reason | None = None
    name: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it could be read."""
        return self.trouble is None


class Readable(Protocol):
    """A file to read from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


def is_mbox(beginning: bytes) -> bool:
    """Whether a file that begins so is an mbox."""
    return _FROM.match(beginning) is not None


def is_message(beginning: bytes) -> bool:
    """Whether a file that begins so is a mail: its first line is a header field."""
    name, colon, _ = beginning.lstrip(b"\r\n").partition(b"\n")[0].partition(b":")
    return bool(colon) and 1 < len(name) < 60 and not name.strip(_NAME) and b"\0" not in beginning


def read_mbox(file: Readable, start: int = 0, largest: int = LARGEST_MESSAGE) -> Iterator[Piece]:
    """Every message from the byte `start` on, which the file has been moved to.

    A message longer than `largest` is passed over without being held in memory.
    """
    window = _Window(file, start)
    while window.fill(_LOOK_AHEAD):
        skipped = window.skip_blank()
        if skipped and not window.held:
            continue
        yield _message(window, largest)


class _Window:
    """The part of a file that is in memory, and where it begins."""

    def __init__(self, file: Readable, start: int) -> None:
        self.file = file
        self.start = start
        self.held = bytearray()
        self.ended = False

    def fill(self, size: int) -> bool:
        """Hold at least `size` bytes unless the file ends before; whether there is anything."""
        while len(self.held) < size and not self.ended:
            piece = self.file.read(max(_PIECE, size - len(self.held)))
            self.held += piece
            self.ended = not piece
        return bool(self.held)

    def drop(self, size: int) -> None:
        """Let go of the first `size` bytes."""
        del self.held[:size]
        self.start += size

    def skip_blank(self) -> int:
        """Let go of blank lines; how many bytes they were."""
        blank = _BLANK.match(self.held)
        size = blank.end() if blank else 0
        self.drop(size)
        return size


def _message(window: _Window, largest: int) -> Piece:
    first = _FROM.match(window.held)
    begin = first.end() if first else 0
    announced = _announced_end(window, begin, largest)
    end, found = (announced, True) if announced is not None else _next_separator(window, begin, largest)
    if not found:
        window.drop(end)
        _pass_over(window)
        return Piece(None, window.start, "too_large")
    raw = bytes(window.held[begin:end])
    window.drop(end)
    window.fill(2)
    window.skip_blank()
    if announced is not None and _separator(raw, 0) is not None:
        return Piece(raw, window.start)  # mboxcl2: only the length tells, nothing is quoted
    return Piece(_QUOTED.sub(rb"\1", raw) if b">From " in raw else raw, window.start)


def _announced_end(window: _Window, begin: int, largest: int) -> int | None:
    """Where Content-Length says the message ends, if a separator or the file's end is really there."""
    window.fill(begin + 65_536)
    blank = _HEADER_END.search(window.held, begin, begin + 65_536)
    if blank is None:
        return None
    if b"content-length:" not in window.held[begin : blank.start()].lower():
        return None
    length = _CONTENT_LENGTH.search(window.held, begin, blank.start() + 1)
    if length is None or int(length[1]) > largest:
        return None
    end = blank.end() + int(length[1])
    window.fill(end + _LOOK_AHEAD)
    if len(window.held) < end:
        return None
    rest = bytes(window.held[end : end + _LOOK_AHEAD]).lstrip(b"\r\n")
    at_end = window.ended and not rest and len(window.held) <= end + 4
    return end if at_end or _FROM.match(rest) else None


def _next_separator(window: _Window, begin: int, largest: int) -> tuple[int, bool]:
    """Where the message ends, and True; or how much may be dropped of one that is too long, and False."""
    look = begin
    while True:
        window.fill(look + _PIECE)
        found = _separator(window.held, look)
        while found is not None:
            place, line = found
            window.fill(line + _LOOK_AHEAD)
            if _FROM.match(window.held, line):
                return place, True
            found = _separator(window.held, line)
        if window.ended:
            return len(window.held), True
        if len(window.held) - begin > largest:
            return len(window.held) - _LOOK_AHEAD, False
        look = max(begin, len(window.held) - _LOOK_AHEAD)


def _separator(held: bytes | bytearray, start: int) -> tuple[int, int] | None:
    """The next empty line from `start` on that a line with `From ` follows: where the two begin."""
    feed = held.find(b"\nFrom ", start)
    while feed != -1:
        place = feed - (held[feed - 1 : feed] == b"\r")
        if place >= start and held[place - 1 : place] == b"\n":
            return place, feed + 1
        feed = held.find(b"\nFrom ", feed + 1)
    return None


def _pass_over(window: _Window) -> None:
    """Let go of everything up to the next separator."""
    end, found = _next_separator(window, 0, _PIECE)
    while not found:
        window.drop(end)
        end, found = _next_separator(window, 0, _PIECE)
    window.drop(end)
    window.skip_blank()
