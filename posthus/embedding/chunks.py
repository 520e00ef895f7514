"""Cut what a message newly says into passages that a model can hold; pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

CHUNKER = "chunks-2"
CHARACTERS = 1_000
SUBJECT_CHARACTERS = 200
SHORT = 120  # so little, such as "ja tak, gør det", means something only with what it answers
CONTEXT_CHARACTERS = 300
MOST_CHUNKS = 40  # some 20 seconds of one core; what stands later in so long a message is found by words

# Paragraphs first, then lines, sentences and words.
_BOUNDS = tuple(re.compile(bound) for bound in (r"\n\s*\n", r"\n", r"(?<=[.!?…:;])\s+", r"\s+"))
_REPLY = re.compile(r"^(?:(?:re|sv|vs|fw|fwd|aw|vb|videresendt)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_MARKS = re.compile(r"^[>\s]+", re.MULTILINE)
_SAYING = re.compile(r"\w")

SpanRow = tuple[str, int, int]
Bounds = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `text` goes to the model; `start` and `end` count characters of the message's text."""

    position: int
    start: int
    end: int
    text: str
    content_hash: bytes


def cut(model: str, subject: str, text: str, spans: Sequence[SpanRow]) -> tuple[Chunk, ...]:
    """The chunks of a message's new text, each opened by its subject.

    `spans` are (kind, start, end) over `text`; the kind "new" is used, signatures are not. A message that says very
    little is followed by the beginning of what it quotes; one that says nothing new has one chunk of its subject
    alone, or none where that is empty too.
    """
    topic = _normal(_REPLY.sub("", subject.strip()))[:SUBJECT_CHARACTERS]
    room = CHARACTERS - len(topic) - 1
    context = _context(text, spans)
    chunks: list[Chunk] = []
    for pieces in _packed(_pieces(text, spans, room), room):
        passage = _normal(" ".join(text[start:end] for start, end in pieces))
        said = "\n".join(part for part in (topic, passage, context) if part)
        chunks.append(Chunk(len(chunks), pieces[0][0], pieces[-1][1], said, _hash(model, said)))
        if len(chunks) == MOST_CHUNKS:
            break
    if not chunks and _SAYING.search(topic):
        chunks.append(Chunk(0, 0, 0, topic, _hash(model, topic)))
    return tuple(chunks)


def _context(text: str, spans: Sequence[SpanRow]) -> str:
    """The beginning of what a very short message quotes; empty for any other."""
    if sum(end - start for kind, start, end in spans if kind == "new") > SHORT:
        return ""
    quoted = " ".join(
        text[start : start + 2 * CONTEXT_CHARACTERS] for kind, start, _ in spans if kind == "quote"
    )
    return _normal(_MARKS.sub("", quoted))[:CONTEXT_CHARACTERS].strip()


def _pieces(text: str, spans: Sequence[SpanRow], room: int) -> Iterator[Bounds]:
    """The new text in pieces of at most `room` characters, in order, none of them empty."""
    pieces: Iterable[Bounds] = [(start, end) for kind, start, end in spans if kind == "new" and start < end]
    for bound in _BOUNDS:
        pieces = [part for piece in pieces for part in _split(text, piece, bound, room)]
    for start, end in pieces:
        for at in range(start, end, room):
            trimmed = _trimmed(text, at, min(at + room, end))
            if trimmed is not None:
                yield trimmed


def _split(text: str, piece: Bounds, bound: re.Pattern[str], room: int) -> list[Bounds]:
    start, end = piece
    if end - start <= room:
        return [piece]
    cuts = [start, *(found.end() for found in bound.finditer(text, start, end)), end]
    return [(left, right) for left, right in pairwise(cuts) if left < right]


def _trimmed(text: str, start: int, end: int) -> Bounds | None:
    piece = text[start:end]
    if not _SAYING.search(piece):
        return None
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _packed(pieces: Iterable[Bounds], room: int) -> Iterator[list[Bounds]]:
    """Neighbouring pieces together, as long as they fit: short paragraphs and the lines of a chat."""
    held: list[Bounds] = []
    size = 0
    for start, end in pieces:
        if held and size + 1 + end - start > room:
            yield held
            held, size = [], 0
        held.append((start, end))
        size += end - start + 1
    if held:
        yield held


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _hash(model: str, said: str) -> bytes:
    return hashlib.sha256(f"{model}\0{CHUNKER}\0{said}".encode("utf-8", "replace")).digest()
