"""The form of event.body: plain, zstd, zstd of a mail whose files are kept beside it, or kept beside whole (codec 0 to 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import orjson
import zstandard

from posthus.originals.cutting import Piece, cut

PLAIN, ZSTD, CUT, APART = 0, 1, 2, 3
LARGEST = 64_000_000
LEVEL, MAIL_LEVEL = 3, 9
WORTH_COMPRESSING = 200  # bytes; a smaller body saves less than its row costs
LARGE = 64_000  # bytes; a larger body of a mail is a content of its own, so that it can be moved out


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What zstd takes as known before it reads (RFC 8878, section 5); a number names it for ever."""

    id: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is stored, and the files that were cut out of it by their sha256."""

    codec: int
    body: bytes
    contents: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A body of codec 2 before its files are put back."""

    dictionary: int | None
    pieces: tuple[Piece, ...]
    rest: bytes


class Packer:
    """Packs many bodies, with a dictionary where there is one."""

    def __init__(self, dictionary: Dictionary | None = None) -> None:
        self._dictionary = dictionary
        self._plain = zstandard.ZstdCompressor(level=LEVEL)
        self._mail = self._plain
        if dictionary is not None:
            known = zstandard.ZstdCompressionDict(dictionary.content)
            self._mail = zstandard.ZstdCompressor(level=MAIL_LEVEL, dict_data=known)

    def pack(self, raw: bytes) -> Packed:
        """A body of any kind, compressed where that is smaller."""
        if len(raw) >= WORTH_COMPRESSING:
            smaller = self._plain.compress(raw)
            if len(smaller) < len(raw):
                return Packed(ZSTD, smaller)
        return Packed(PLAIN, raw)

    def pack_mail(self, raw: bytes) -> Packed:
        """A mail, its files cut out; what is large even then is kept beside whole."""
        packed = self._cut(raw)
        if len(packed.body) < LARGE:
            return packed
        digest = sha256(packed.body).digest()
        return Packed(APART, bytes([packed.codec]) + digest, {**packed.contents, digest: packed.body})

    def _cut(self, raw: bytes) -> Packed:
        found = cut(raw)
        if not found.pieces and self._dictionary is None:
            return self.pack(raw)
        named = self._dictionary.id if self._dictionary is not None else None
        pieces = [[one.start, one.width, one.crlf, one.digest.hex()] for one in found.pieces]
        said = orjson.dumps([named, pieces], option=orjson.OPT_APPEND_NEWLINE)
        return Packed(CUT, said + self._mail.compress(found.rest), found.contents)


def unpack(codec: int, body: bytes) -> bytes:
    """A body of codec 0 or 1."""
    if codec == PLAIN:
        return body
    return zstandard.ZstdDecompressor().decompress(body, max_output_size=LARGEST)


def look_into(body: bytes) -> Opened:
    """A body of codec 2, its rest still compressed."""
    said, _, rest = body.partition(b"\n")
    named, pieces = orjson.loads(said)
    cuts = tuple(Piece(start, width, crlf, bytes.fromhex(digest)) for start, width, crlf, digest in pieces)
    return Opened(named, cuts, rest)


def decompressor(dictionary: Dictionary | None) -> zstandard.ZstdDecompressor:
    """Opens what was compressed with a dictionary, or with none."""
    if dictionary is None:
        return zstandard.ZstdDecompressor()
    return zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(dictionary.content))
