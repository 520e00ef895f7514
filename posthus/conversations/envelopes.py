"""Signed and encrypted mail: what a signature wraps is read, what is encrypted is said to be (RFC 8551, RFC 9580)."""

import re

PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
ENCRYPTED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d01091001"))
SIGNED_TEXT = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]{1,30}: [^\n]{0,200}\n){0,10}\n?"
    r"(.*?)\n?^-----BEGIN PGP SIGNATURE-----\n.*?(?:^-----END PGP SIGNATURE-----\n?|\Z)",
    re.MULTILINE | re.DOTALL,
)
MAX_ELEMENTS = 100_000
MAX_DEPTH = 12


def signed_content(raw: bytes) -> bytes | None:
    """What a CMS SignedData wraps (RFC 5652, 5), in DER or BER; None where there is none."""
    if SIGNED_DATA not in raw[:64]:
        return None
    position = raw.find(SIGNED_DATA) + len(SIGNED_DATA)
    pieces: list[bytes] = []
    ends: list[int] = []
    for _ in range(MAX_ELEMENTS):
        element = _element(raw, position)
        if element is None:
            break
        tag, start, length = element
        if tag == 0x04 and length >= 0:
            pieces.append(raw[start : start + length])
            position = start + length
        elif tag == 0 and not length:
            position = start
            if pieces:
                break
        elif tag in {0xA0, 0x30, 0x24} and len(ends) < MAX_DEPTH:
            ends.append(start)
            position = start
        else:
            position = start + max(length, 0)
        if pieces and raw[position : position + 1] not in {b"\x04", b"\0"}:
            break
    return b"".join(pieces) or None


def is_encrypted(raw: bytes) -> bool:
    """Whether a CMS object is enveloped, so that only its addressee can read it."""
    return any(identifier in raw[:64] for identifier in ENCRYPTED)


def without_armour(text: str) -> str:
    """A text signed in place, without the lines of the signature."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text
    return SIGNED_TEXT.sub(lambda found: re.sub(r"(?m)^- ", "", found.group(1)) + "\n", text)


def _element(raw: bytes, position: int) -> tuple[int, int, int] | None:
    """Tag, start of the content and its length (-1: until an end marker) of a BER element."""
    if position + 2 > len(raw):
        return None
    tag, first = raw[position], raw[position + 1]
    if first < 0x80:
        return tag, position + 2, first
    size = first & 0x7F
    if size > 4:
        return None
    if not size:
        return tag, position + 2, -1
    return tag, position + 2 + size, int.from_bytes(raw[position + 2 : position + 2 + size], "big")
