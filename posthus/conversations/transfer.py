"""Content-Transfer-Encoding, read leniently: junk between, list footers behind, cut off ends."""

import binascii
import re

BASE64_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ALL_BYTES = bytes(range(256))
NOT_BASE64 = ALL_BYTES.translate(None, BASE64_CHARACTERS + b"=")
BASE64_OR_SPACE = BASE64_CHARACTERS + b"= \t\r\n"
# A list's clear-text footer under a base64 body: a rule, or a line of at least three words.
FOOTER = re.compile(rb"^[ \t]*(?:-{2,}|_{5,})[ \t]*\r?$|^[^\s]+[ \t]+[^\s]+[ \t]+[^\s]+", re.MULTILINE)
MAX_SEGMENTS = 10_000


def decode_segment(segment: bytes) -> bytes:
    """One run of base64 characters without padding; a lone last character carries nothing."""
    if len(segment) % 4 == 1:
        segment = segment[:-1]
    return binascii.a2b_base64(segment + b"=" * (-len(segment) % 4))


def decode_base64(content: bytes) -> tuple[bytes, bytes]:
    """The decoded bytes and the clear text that stood behind them."""
    rest = b""
    if content.translate(None, BASE64_OR_SPACE):
        footer = FOOTER.search(content)
        if footer is not None:
            content, rest = content[: footer.start()], content[footer.start() :]
    compact = content.translate(None, NOT_BASE64)
    body = compact.rstrip(b"=")
    if b"=" not in body:
        return decode_segment(body), rest
    # Some senders encode piece by piece, each with its own padding.
    pieces = body.split(b"=", MAX_SEGMENTS)
    if len(pieces) > MAX_SEGMENTS:
        pieces.pop()
    return b"".join(decode_segment(piece) for piece in pieces if piece), rest


def decode_uuencoded(content: bytes) -> bytes:
    """The lines between begin and end; unreadable lines are left out."""
    decoded = []
    for line in content.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(decoded)


def decode_transfer(content: bytes, encoding: str) -> tuple[bytes, bytes]:
    """The part's bytes and, for base64, clear text appended by a list; an unknown encoding changes nothing."""
    name = encoding.split(";", maxsplit=1)[0].strip().lower()
    if name == "base64":
        return decode_base64(content)
    if name == "quoted-printable":
        return binascii.a2b_qp(content), b""
    if name in {"x-uuencode", "uuencode", "x-uue"}:
        return decode_uuencoded(content), b""
    return content, b""
