"""Files cut out of a mail: base64 that can be written again byte for byte is kept as the file itself (RFC 2045, 6.8)."""

import re
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

SMALLEST = 1024  # bytes of a file; a smaller one saves less than its rows cost
# The first line feed, of the line before, is what makes looking for it quick: a mail without files costs next to nothing.
RUN = re.compile(rb"\n((?:[A-Za-z0-9+/]{40,100}\r?\n){12,}(?:[A-Za-z0-9+/]{1,100}={0,2})?)")
LINE_ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that was cut out: where it stood in what is left, and how its base64 was broken into lines."""

    start: int
    width: int
    crlf: bool
    digest: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A mail without its files, and the files by their sha256."""

    rest: bytes
    pieces: tuple[Piece, ...]
    contents: Mapping[bytes, bytes]


def cut(raw: bytes) -> Cut:
    """The mail in two; `join` of both is the mail again. Linear in its size."""
    pieces: list[Piece] = []
    contents: dict[bytes, bytes] = {}
    kept: list[bytes] = []
    position = start = 0
    for run in RUN.finditer(raw):
        begin = run.start(1)
        first_end = raw.index(b"\n", begin)
        crlf = raw[first_end - 1] == 0x0D
        width = first_end - crlf - begin
        content = _content(run[1], width, crlf=crlf)
        if content is None:
            continue
        digest = sha256(content).digest()
        contents[digest] = content
        kept.append(raw[position:begin])
        start += begin - position
        pieces.append(Piece(start, width, crlf, digest))
        position = begin + len(_written(content, width, crlf=crlf))
    return Cut(b"".join([*kept, raw[position:]]), tuple(pieces), contents)


def join(rest: bytes, pieces: Sequence[Piece], contents: Mapping[bytes, bytes]) -> bytes:
    """The mail as it was; raises KeyError for a file that is not among the contents."""
    written: list[bytes] = []
    position = 0
    for piece in pieces:
        written += [
            rest[position : piece.start],
            _written(contents[piece.digest], piece.width, crlf=piece.crlf),
        ]
        position = piece.start
    return b"".join([*written, rest[position:]])


def _content(run: bytes, width: int, *, crlf: bool) -> bytes | None:
    """The file behind a run of base64, with or without its last short line; None if it would come back otherwise."""
    for candidate in (run, run[: run.rfind(b"\n")]):
        try:
            content = a2b_base64(candidate.translate(None, LINE_ENDS))
        except Error:
            continue
        if len(content) >= SMALLEST and run.startswith(_written(content, width, crlf=crlf)):
            return content
    return None


def _written(content: bytes, width: int, *, crlf: bool) -> bytes:
    encoded = b2a_base64(content, newline=False)
    lines = (encoded[start : start + width] for start in range(0, len(encoded), width))
    return (b"\r\n" if crlf else b"\n").join(lines)
