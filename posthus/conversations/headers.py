"""Header fields: unfolding, encoded words, parameters, dates and message ids (RFC 5322, 2047, 2231)."""

import binascii
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from posthus.conversations.charsets import decode
from posthus.conversations.transfer import decode_base64

Field: TypeAlias = tuple[str, bytes]
Parameters: TypeAlias = dict[str, bytes]

MAX_PARAMETERS = 500
MAX_VALUE_BYTES = 100_000
MAX_SUBJECT_CHARACTERS = 1_000
MAX_DATE_BYTES = 200

FOLD = re.compile(rb"[\r\n]+[ \t]*")
ENCODED_WORD = re.compile(rb"=\?([!#$%&'*+.^_`{|}~\w-]{1,80})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,8})\?=")
ID_IN_BRACKETS = re.compile(rb"<([^<>]{1,998})>")
SPACE = re.compile(rb"\s+")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
SECTION = re.compile(r"^(.{1,60}?)\*(\d{1,4})?(\*)?$")
OTHER_DATE = re.compile(
    r"(\d{1,2})\.?\s+([^\W\d_]{3,9})\.?\s+(\d{4}),?\s+(?:kl\.?\s*)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([+-]\d{4})?"
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar januari january",
            "feb februar februari february",
            "mar mär marts mars märz march",
            "apr april",
            "maj mai may",
            "jun juni june",
            "jul juli july",
            "aug august augusti",
            "sep sept september",
            "okt oct oktober october",
            "nov november",
            "dec dez des december dezember desember",
        ),
        start=1,
    )
    for name in names.split()
}


def unfold(value: bytes) -> bytes:
    """A field's value on one line, cut to MAX_VALUE_BYTES."""
    return FOLD.sub(b" ", value[:MAX_VALUE_BYTES]).strip()


def word_bytes(kind: bytes, content: bytes) -> bytes:
    """The bytes of one encoded word (RFC 2047, section 4)."""
    if kind in b"bB":
        return decode_base64(content)[0]
    return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)


def decode_words(value: bytes) -> str:
    """Text with encoded words decoded; neighbours of one charset are joined as bytes, for split characters."""
    if b"=?" not in value:
        return decode(value, None)
    pieces: list[tuple[str | None, bytes]] = []
    position = 0
    for word in ENCODED_WORD.finditer(value):
        between = value[position : word.start()]
        if between.strip() or (between and not (pieces and pieces[-1][0] is not None)):
            pieces.append((None, between))
        charset = word.group(1).split(b"*")[0].decode("ascii", "replace").lower()
        content = word_bytes(word.group(2), word.group(3))
        if pieces and pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + content)
        else:
            pieces.append((charset, content))
        position = word.end()
    pieces.append((None, value[position:]))
    return "".join(decode(content, charset) for charset, content in pieces)


def header_text(value: bytes | None) -> str:
    """A field as one line of text without control characters."""
    if value is None:
        return ""
    return CONTROL.sub(" ", decode_words(unfold(value))).strip()


def end_of_quoted(value: bytes, position: int) -> int:
    """Index of the closing quote of the string that starts before `position`; the end when there is none."""
    while True:
        stop = value.find(b'"', position)
        if stop == -1:
            return len(value)
        before = stop
        while before > position and value[before - 1] == 0x5C:
            before -= 1
        if (stop - before) % 2 == 0:
            return stop
        position = stop + 1


def raw_parameters(value: bytes) -> Iterable[tuple[str, bytes]]:
    """Name and unquoted value of each parameter, at most MAX_PARAMETERS; unquoted values may hold spaces."""
    position = value.find(b";")
    count = 0
    while position != -1 and count < MAX_PARAMETERS:
        count += 1
        equals = value.find(b"=", position + 1)
        if equals == -1:
            return
        last = value.rfind(b";", position, equals)
        name = value[last + 1 : equals].strip().lower().decode("latin-1")
        start = equals + 1
        while start < len(value) and value[start] in b" \t":
            start += 1
        if value.startswith(b'"', start):
            stop = end_of_quoted(value, start + 1)
            yield name, value[start + 1 : stop].replace(b'\\"', b'"').replace(b"\\\\", b"\\")
            position = value.find(b";", stop)
        else:
            position = value.find(b";", start)
            yield name, value[start : len(value) if position == -1 else position].strip()


def split_parameters(value: bytes) -> tuple[str, Parameters]:
    """The lower-case main value and its parameters; the first of a name wins; RFC 2231 pieces are joined.

    A parameter that named its own charset is returned as utf-8, any other as the sender's bytes.
    """
    line = unfold(value)
    main = SPACE.sub(b"", line.split(b";")[0]).lower().decode("latin-1")
    plain: Parameters = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, content in raw_parameters(line):
        section = SECTION.match(name)
        if section is None:
            plain.setdefault(name, content)
        else:
            number = int(section.group(2) or 0)
            encoded = section.group(3) is not None or section.group(2) is None
            sections.setdefault(section.group(1), {}).setdefault(number, (content, encoded))
    for name, numbered in sections.items():
        plain[name] = join_sections([numbered[number] for number in sorted(numbered)])
    return main, plain


def join_sections(pieces: Sequence[tuple[bytes, bool]]) -> bytes:
    """The value of an RFC 2231 parameter, re-encoded as utf-8 when it names a charset."""
    first, encoded = pieces[0]
    charset = None
    if encoded and first.count(b"'") >= 2:
        name, _, rest = first.split(b"'", 2)
        charset = name.decode("latin-1")
        pieces = [(rest, True), *pieces[1:]]
    joined = b"".join(unquote_to_bytes(content) if escaped else content for content, escaped in pieces)
    return decode(joined, charset).encode() if charset else joined


def parameter_text(value: bytes | None) -> str:
    """A parameter as text: encoded words (against the rules, but usual), utf-8 or windows-1252."""
    return "" if value is None else CONTROL.sub(" ", decode_words(value)).strip()


def ids_in(value: bytes, *, bare: bool = False) -> list[str]:
    """The message ids in a field, in order; `bare` also takes a single one without angle brackets."""
    found = [SPACE.sub(b"", token) for token in ID_IN_BRACKETS.findall(value)]
    if not found and bare:
        token = SPACE.sub(b"", value[:998]).strip(b"<>")
        found = [token] if token else []
    return [decode(token, None) for token in found]


def offset_of(text: str | None) -> timezone:
    """`+0130` as a time zone; UTC for none or nonsense."""
    if not text:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    if minutes >= 24 * 60:
        return UTC
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def other_date(text: str) -> datetime | None:
    """Dates that RFC 5322 does not allow but people's programs write: local month names, ISO 8601."""
    found = OTHER_DATE.search(text)
    try:
        if found is None:
            moment = datetime.fromisoformat(text.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        month = MONTHS.get(found.group(2).lower())
        if month is None:
            return None
        day, year, hour, minute = (int(found.group(number)) for number in (1, 3, 4, 5))
        second = min(int(found.group(6) or 0), 59)
        return datetime(year, month, day, hour, minute, second, tzinfo=offset_of(found.group(7))).astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        return None


def parse_date(value: bytes | None) -> datetime | None:
    """The Date field in UTC, unclamped; None when it cannot be read."""
    if value is None:
        return None
    text = header_text(value[:MAX_DATE_BYTES])
    try:
        parts = parsedate_tz(text)
        if parts is None:
            return other_date(text)
        year, month, day, hour, minute, second, _, _, _, offset = parts
        if offset is None or abs(offset) >= 24 * 3600:
            offset = 0
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return moment - timedelta(seconds=offset)
    except (ValueError, IndexError, TypeError, OverflowError):
        return other_date(text)
