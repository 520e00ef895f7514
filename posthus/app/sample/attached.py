"""Makes small real files (pdf, png, ics, csv, txt) of the words in the conversation files."""

import struct
import zlib
from datetime import UTC, datetime, time, timedelta

from posthus.app.sample.dates import copenhagen, fill_dates, workday
from posthus.app.sample.script import Attachment

MEDIA_TYPES = {
    "pdf": ("application", "pdf"),
    "png": ("image", "png"),
    "ics": ("text", "calendar"),
    "csv": ("text", "csv"),
    "txt": ("text", "plain"),
}


def media_type(name: str) -> tuple[str, str]:
    """Main type and subtype by the ending; KeyError for an ending the sample cannot make."""
    return MEDIA_TYPES[name.rsplit(".", 1)[1].lower()]


def file_bytes(attachment: Attachment, now: datetime) -> bytes:
    """The file: pdf shows the content's lines, png draws what is named, ics reads `summary`, `day`, `from`, `to`, `place`."""
    subtype = media_type(attachment.name)[1]
    content = fill_dates(attachment.content, now)
    if subtype == "pdf":
        return pdf(content.strip("\n").splitlines())
    if subtype == "png":
        return picture(content.strip() or "roof")
    if subtype == "calendar":
        return invitation(content, now)
    byte_order_mark = b"\xef\xbb\xbf" if subtype == "csv" else b""  # spreadsheets read æøå only with it
    return byte_order_mark + content.replace("\n", "\r\n").encode()


def pdf(lines: list[str]) -> bytes:
    """One A4 page (PDF 1.4), the first line as heading, text in Helvetica with the Windows Latin letters."""
    drawn = ["BT", "/F2 16 Tf", "56 780 Td", f"({_escape(lines[0])}) Tj", "/F1 10 Tf", "0 -28 Td"]
    for line in lines[1:]:
        drawn += [f"({_escape(line)}) Tj", "0 -15 Td"]
    stream = "\n".join([*drawn, "ET"]).encode("cp1252", "replace")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R "
        b"/Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        font % b"Helvetica",
        font % b"Helvetica-Bold",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _escape(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def picture(subject: str) -> bytes:
    """A drawn PNG: `logo` is 96 x 40, anything else a 320 x 200 view of a tiled roof; `leak` adds a damp stain, `slate` greys it."""
    width, height = (96, 40) if subject == "logo" else (320, 200)
    paint = _logo_colour if subject == "logo" else _slate_colour if "slate" in subject else _roof_colour
    stained = "leak" in subject
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            red, green, blue = paint(x, y)
            if stained and ((x - 205) / 46) ** 2 + ((y - 128) / 27) ** 2 < 1:
                red, green, blue = red // 2, green // 2, blue // 2 + 18
            rows += bytes((red, green, blue))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _logo_colour(x: int, y: int) -> tuple[int, int, int]:
    if 4 <= y < 30 and abs(x - 48) < (y - 4) * 1.6:
        return (176, 66, 38)
    return (44, 62, 80) if 32 <= y < 36 and 8 <= x < 88 else (255, 255, 255)


def _roof_colour(x: int, y: int) -> tuple[int, int, int]:
    if y < 46:
        return (196 - y // 2, 214 - y // 3, 232)
    edge = (y - 46) % 22 < 3 or (x + (11 if (y - 46) // 22 % 2 else 0)) % 26 < 2
    return (118, 44, 30) if edge else (178, 74 + (y - 46) % 22, 48)


def _slate_colour(x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = _roof_colour(x, y)
    shade = (red + green + blue) // 3
    return (red, green, blue) if y < 46 else (shade, shade + 6, shade + 16)


def invitation(content: str, now: datetime) -> bytes:
    """An RFC 5545 request of one event; `day` counts workdays' dates from now, times are Danish."""
    fields = dict(line.split(": ", 1) for line in content.strip().splitlines())
    day = workday(now, int(fields["day"]))
    start, end = (
        _stamp(datetime.combine(day, time.fromisoformat(fields[edge]), UTC)) for edge in ("from", "to")
    )
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Falkedal//Kalender//DA",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{zlib.crc32(content.encode()):08x}@falkedal.example.dk",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start}",
        f"DTEND:{end}",
        f"SUMMARY:{_calendar_text(fields['summary'])}",
        f"LOCATION:{_calendar_text(fields['place'])}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _stamp(on_danish_clocks: datetime) -> str:
    offset = copenhagen(on_danish_clocks).utcoffset() or timedelta()
    return f"{on_danish_clocks - offset:%Y%m%dT%H%M%SZ}"


def _calendar_text(text: str) -> str:
    return text.replace(",", "\\,").replace(";", "\\;")
