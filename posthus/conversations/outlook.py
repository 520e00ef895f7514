"""Mail saved by Outlook (.msg, MS-OXMSG): written as the mail it was, so that everything after it reads one kind of mail."""

import struct
from base64 import encodebytes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from io import BytesIO
from urllib.parse import quote

from olefile import OleFileIO

from posthus.conversations.charsets import decode
from posthus.conversations.parsed import MAX_PARTS
from posthus.conversations.tnef import unpack_rtf

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file (MS-CFB 2.2)
MAX_FORWARDED_DEPTH = 3
MAX_RECIPIENTS = 1_000
UNICODE, NARROW, BINARY, OBJECT, TIME, LONG = "001F", "001E", "0102", "000D", 0x0040, 0x0003
SUBJECT, CLIENT_SUBMIT, DELIVERY, HEADERS = "0037", 0x0039, 0x0E06, "007D"
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = "0C1A", "0C1F", "5D01"
MESSAGE_ID, REFERENCES, IN_REPLY_TO = "1035", "1039", "1042"
TEXT, PAGE, RTF = "1000", "1013", "1009"
RECIPIENT_NAME, RECIPIENT_ADDRESS, RECIPIENT_SMTP, RECIPIENT_KIND = "3001", "3003", "39FE", 0x0C15
FILE, FILE_NAME, SHORT_NAME, FILE_TYPE, CONTENT_ID = "3701", "3707", "3704", "370E", "3712"
CODE_PAGES = (0x3FDE, 0x3FFD)
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
OWN_FIELDS = (b"content-", b"mime-version:")


@dataclass(frozen=True, slots=True)
class _Folder:
    """One object of the file: the message, a recipient, an attachment, or a message inside one."""

    file: "OleFileIO[str]"
    path: tuple[str, ...]
    fixed: Mapping[int, int]  # property -> its eight bytes as a number

    def stream(self, name: str) -> bytes:
        """A stream's bytes, none where it is missing."""
        place = [*self.path, name]
        if not self.file.exists(place):
            return b""
        with self.file.openstream(place) as stream:
            content: bytes = stream.read()
        return content

    def text(self, number: str) -> str:
        """A property that is text."""
        wide = self.stream(f"__substg1.0_{number}{UNICODE}")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return decode(self.stream(f"__substg1.0_{number}{NARROW}").rstrip(b"\0"), self.charset)

    def content(self, number: str) -> bytes:
        """A property that is bytes."""
        return self.stream(f"__substg1.0_{number}{BINARY}")

    @property
    def charset(self) -> str:
        """What its narrow text is written in."""
        page = next((self.fixed[one] & 0xFFFF for one in CODE_PAGES if one in self.fixed), 1252)
        return "utf-8" if page == 65001 else f"cp{page}"

    def folders(self, prefix: str) -> Iterator["_Folder"]:
        """The objects inside it, in the order of their numbers."""
        depth = len(self.path)
        names = {
            place[depth]
            for place in self.file.listdir(streams=False, storages=True)
            if tuple(place[:depth]) == self.path
            and len(place) == depth + 1
            and place[depth].startswith(prefix)
        }
        return (_open(self.file, (*self.path, name), 8) for name in sorted(names))


def is_outlook(raw: bytes) -> bool:
    """Whether these bytes may be a .msg."""
    return raw.startswith(MAGIC)


def outlook_mail(raw: bytes) -> bytes | None:
    """The mail in a .msg as RFC 5322 has it; None where nothing of it can be read."""
    try:
        file: OleFileIO[str] = OleFileIO(BytesIO(raw))
        with file:
            return _mail(_open(file, (), 32), 0)
    except Exception:  # noqa: BLE001 - the library raises whatever a broken file provokes
        return None


def _open(file: "OleFileIO[str]", path: tuple[str, ...], header: int) -> _Folder:
    """An object with its fixed properties (MS-OXMSG 2.4); `header` bytes stand before those."""
    bare = _Folder(file, path, {})
    table = bare.stream("__properties_version1.0")[header:]
    fixed = {
        kind >> 16: value for kind, _, value in struct.iter_unpack("<IIQ", table[: len(table) // 16 * 16])
    }
    return _Folder(file, path, fixed)


def _mail(message: _Folder, depth: int) -> bytes:
    head = _head(message)
    boundary = b"outlook-" + sha256(head).hexdigest()[:24].encode()
    parts = [*_bodies(message)]
    for number, attachment in enumerate(message.folders("__attach_version1.0_")):
        if number < MAX_PARTS:
            parts += _attached(attachment, depth)
    opening = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\n\n'
    inside = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return head + opening + inside + b"--" + boundary + b"--\n"


def _head(message: _Folder) -> bytes:
    """The fields that it travelled with, or, of a mail that was never sent, what its properties say."""
    travelled = message.text(HEADERS).replace("\r\n", "\n").encode("utf-8", "replace")
    if b":" in travelled:
        lines = travelled.split(b"\n")
        first = next((number for number, line in enumerate(lines) if _is_field(line)), len(lines))
        kept: list[bytes] = []
        keep = True
        for line in lines[first:]:
            if not line.strip():
                break
            if not line.startswith((b" ", b"\t")):
                keep = not line.lower().startswith(OWN_FIELDS)
            kept += [line] if keep else []
        return b"".join(line + b"\n" for line in kept)
    sender = message.text(SENDER_SMTP) or message.text(SENDER_ADDRESS)
    fields = {
        "From": _address(message.text(SENDER_NAME), sender),
        **_recipients(message),
        "Subject": message.text(SUBJECT),
        "Date": _date(message),
        "Message-ID": message.text(MESSAGE_ID),
        "In-Reply-To": message.text(IN_REPLY_TO),
        "References": message.text(REFERENCES),
    }
    return b"".join(_field(name, value) for name, value in fields.items() if value)


def _is_field(line: bytes) -> bool:
    name, colon, _ = line.partition(b":")
    return bool(colon) and bool(name) and b" " not in name


def _field(name: str, value: str) -> bytes:
    return f"{name}: {' '.join(value.split())}\n".encode("utf-8", "replace")


def _address(name: str, address: str) -> str:
    if "@" not in address:  # an Exchange directory name is no mail address
        address = ""
    shown = name.replace("\\", " ").replace('"', "'")
    return f'"{shown}" <{address}>' if shown and address else address or (f'"{shown}" <>' if shown else "")


def _recipients(message: _Folder) -> dict[str, str]:
    found: dict[str, list[str]] = {"To": [], "Cc": []}
    for number, one in enumerate(message.folders("__recip_version1.0_")):
        kind = one.fixed.get(RECIPIENT_KIND, 1) & 0xF
        if number < MAX_RECIPIENTS and kind in (1, 2):
            address = one.text(RECIPIENT_SMTP) or one.text(RECIPIENT_ADDRESS)
            found["To" if kind == 1 else "Cc"].append(_address(one.text(RECIPIENT_NAME), address))
    return {name: ", ".join(one for one in written if one) for name, written in found.items()}


def _date(message: _Folder) -> str:
    """When it was sent, or else delivered (FILETIME: tenths of microseconds since 1601)."""
    ticks = message.fixed.get(CLIENT_SUBMIT) or message.fixed.get(DELIVERY) or 0
    try:
        return format_datetime(EPOCH + timedelta(microseconds=ticks // 10)) if ticks else ""
    except (OverflowError, ValueError):
        return ""


def _bodies(message: _Folder) -> Iterator[bytes]:
    text = message.text(TEXT)
    page = message.content(PAGE) or message.text(PAGE).encode("utf-8", "replace")
    charset = message.charset if message.content(PAGE) else "utf-8"
    alternatives = [_part("text/plain; charset=utf-8", text.encode("utf-8", "replace"))] if text else []
    alternatives += [_part(f"text/html; charset={charset}", page)] if page else []
    if alternatives:
        inside = b"".join(b"--outlook-alternative\n" + one + b"\n" for one in alternatives)
        yield (
            b'Content-Type: multipart/alternative; boundary="outlook-alternative"\n\n'
            + inside
            + b"--outlook-alternative--\n"
        )
    elif rtf := unpack_rtf(message.content(RTF)):
        yield _part("application/rtf", rtf, disposition="attachment; filename=body.rtf")


def _attached(attachment: _Folder, depth: int) -> Iterator[bytes]:
    name = attachment.text(FILE_NAME) or attachment.text(SHORT_NAME)
    disposition = f"attachment; filename*=utf-8''{quote(name, errors='replace')}"
    inside = f"__substg1.0_{FILE}{OBJECT}"
    if attachment.file.exists([*attachment.path, inside, "__properties_version1.0"]):
        if depth < MAX_FORWARDED_DEPTH:
            forwarded = _open(attachment.file, (*attachment.path, inside), 24)
            yield b"Content-Type: message/rfc822\n\n" + _mail(forwarded, depth + 1)
        return
    content_id = attachment.text(CONTENT_ID)
    if content_id:
        disposition = disposition.replace("attachment", "inline", 1)
    kind = attachment.text(FILE_TYPE) or "application/octet-stream"
    if kind.lower().startswith(
        "multipart/"
    ):  # of a signed mail Outlook keeps all that was signed as one file
        yield attachment.content(FILE).replace(b"\r\n", b"\n")
        return
    yield _part(kind, attachment.content(FILE), disposition=disposition, content_id=content_id)


def _part(content_type: str, content: bytes, *, disposition: str = "", content_id: str = "") -> bytes:
    fields = {"Content-Type": content_type, "Content-Disposition": disposition}
    if content_id:
        fields["Content-ID"] = f"<{content_id.strip('<>')}>"
    head = b"".join(_field(name, value) for name, value in fields.items() if value)
    return head + b"Content-Transfer-Encoding: base64\n\n" + encodebytes(content)
