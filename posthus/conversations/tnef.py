"""winmail.dat (MS-OXTNEF): the files and the text that Outlook packs into one attachment; total and bounded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from posthus.conversations.charsets import decode
from posthus.conversations.parsed import MAX_PARTS

SIGNATURE = 0x223E9F78
BODY, TITLE, FILE, RENDERING, MESSAGE_PROPERTIES, FILE_PROPERTIES, CODE_PAGE = (
    0x2800C,
    0x18010,
    0x6800F,
    0x69002,
    0x69003,
    0x69005,
    0x69007,
)
FIXED_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
VARIABLE = {0x0D, 0x1E, 0x1F, 0x102}
MAX_PROPERTIES = 5_000
MAX_RTF_BYTES = 10_000_000
# What every compressed RTF begins with, before its own bytes (MS-OXRTFCP 2.1.2.1).
RTF_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbol"
    rb"ArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


@dataclass(slots=True)
class PackedFile:
    """A file in it; the name may be empty."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Packed:
    """What was in it: the body in the forms that were there, and the files."""

    text: str = ""
    page: str = ""
    rtf: bytes = b""
    files: list[PackedFile] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it could be read."""
        return not (self.text or self.page or self.rtf or self.files)


def read_tnef(raw: bytes) -> Packed | None:
    """What a TNEF stream holds, as far as it can be read; None when it is none."""
    if len(raw) < 6 or struct.unpack_from("<I", raw)[0] != SIGNATURE:
        return None
    packed = Packed()
    charset = "cp1252"
    for identifier, content in _attributes(raw):
        if identifier == CODE_PAGE and len(content) >= 4:
            charset = f"cp{struct.unpack_from('<I', content)[0]}"
        elif identifier == BODY:
            packed.text = packed.text or decode(content.rstrip(b"\0"), charset)
        elif identifier == MESSAGE_PROPERTIES:
            _read_message(packed, content, charset)
        elif identifier == RENDERING and len(packed.files) < MAX_PARTS:
            packed.files.append(PackedFile())
        elif identifier in (TITLE, FILE, FILE_PROPERTIES):
            # Some writers leave the rendering out before a file's title.
            if not packed.files:
                packed.files.append(PackedFile())
            _read_file(packed.files[-1], identifier, content, charset)
    return packed


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Level, identifier, length, content, checksum; ends at the first that does not fit."""
    position = 6
    while position + 9 <= len(raw):
        _, identifier, length = struct.unpack_from("<BII", raw, position)
        content = raw[position + 9 : position + 9 + length]
        if len(content) < length and identifier not in (FILE, BODY):
            return
        yield identifier, content
        position += 9 + length + 2


def _read_message(packed: Packed, content: bytes, charset: str) -> None:
    for identifier, kind, value in _properties(content):
        if identifier == 0x1000:
            packed.text = packed.text or _text(kind, value, charset)
        elif identifier == 0x1013:
            packed.page = packed.page or (
                decode(value.rstrip(b"\0"), charset) if kind == 0x102 else _text(kind, value, charset)
            )
        elif identifier == 0x1009:
            packed.rtf = packed.rtf or unpack_rtf(value)


def _read_file(found: PackedFile, identifier: int, content: bytes, charset: str) -> None:
    if identifier == TITLE:
        found.name = found.name or decode(content.rstrip(b"\0"), charset)
    elif identifier == FILE:
        found.content = content
    else:
        for property_id, kind, value in _properties(content):
            if property_id == 0x3707:  # the long name; the title is the short one
                found.name = _text(kind, value, charset) or found.name
            elif property_id == 0x370E:
                found.content_type = _text(kind, value, charset)
            elif property_id == 0x3712:
                found.content_id = _text(kind, value, charset)
            elif property_id == 0x3701 and not found.content:
                # An object begins with its interface's 16 bytes.
                found.content = value[16:] if kind == 0x0D else value


def _text(kind: int, value: bytes, charset: str) -> str:
    if kind == 0x1F:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return decode(value.rstrip(b"\0"), charset)


def _properties(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Identifier, type and first value of each MAPI property; ends at the first that does not fit."""
    try:
        (count,) = struct.unpack_from("<I", content)
        position = 4
        for _ in range(min(count, MAX_PROPERTIES)):
            kind, identifier = struct.unpack_from("<HH", content, position)
            position += 4
            if identifier >= 0x8000:
                position = _after_name(content, position)
            value, position = _value(content, position, kind)
            if len(value) or position <= len(content):
                yield identifier, kind & 0xFFF, value
    except (struct.error, KeyError):
        return


def _after_name(content: bytes, position: int) -> int:
    """A named property carries a set, and a number or a name."""
    is_name, size = struct.unpack_from("<II", content, position + 16)
    return position + 24 + (_padded(size) if is_name else 0)


def _value(content: bytes, position: int, kind: int) -> tuple[bytes, int]:
    base = kind & 0xFFF
    count = 1
    if base in VARIABLE or kind & 0x1000:
        (count,) = struct.unpack_from("<I", content, position)
        position += 4
    first = b""
    for index in range(min(count, MAX_PROPERTIES)):
        if base in VARIABLE:
            (size,) = struct.unpack_from("<I", content, position)
            position += 4
            value, position = content[position : position + size], position + _padded(size)
        else:
            size = FIXED_SIZES[base]
            value, position = content[position : position + size], position + size
        first = value if index == 0 else first
    return first, position


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def unpack_rtf(packed: bytes) -> bytes:
    """Compressed RTF as it was (MS-OXRTFCP), at most MAX_RTF_BYTES; what cannot be read ends it."""
    if len(packed) < 16:
        return b""
    size, kind = struct.unpack_from("<II", packed, 4)
    if kind == 0x414C454D:
        return packed[16 : 16 + size]
    window = bytearray(RTF_BEGINNING.ljust(4096, b"\0"))
    write = len(RTF_BEGINNING)
    found = bytearray()
    position = 16
    limit = min(size, MAX_RTF_BYTES)
    while position < len(packed) and len(found) < limit:
        flags = packed[position]
        position += 1
        for bit in range(8):
            if position >= len(packed) or len(found) >= limit:
                break
            if not flags >> bit & 1:
                run = packed[position : position + 1]
                position += 1
            else:
                pair = int.from_bytes(packed[position : position + 2], "big")
                position += 2
                read = pair >> 4
                if read == write:
                    return bytes(found)
                run = b""
                for step in range((pair & 15) + 2):
                    byte = window[(read + step) % 4096]
                    run += bytes([byte])
                    window[(write + step) % 4096] = byte
            for byte in run:
                window[write % 4096] = byte
                write = (write + 1) % 4096
            found += run
    return bytes(found)
