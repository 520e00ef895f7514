"""Bytes to text: utf-8, then what the sender declared, then windows-1252; never fails, never yields NUL."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding

# What senders write, and what they mean (WHATWG Encoding Standard, section 4.2, plus mail's own errors).
MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
ALIASES = {
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "iso-8859-8-i": "iso8859-8",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc-jp",
    "cp-850": "cp850",
}
# Codecs that are no character sets; punycode and idna are also slow on long input.
NOT_CHARSETS = frozenset(
    {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)
# ASCII bytes carry other characters here, so "valid utf-8" says nothing.
SHIFTING = ("iso2022", "utf-7", "utf-16", "utf-32", "hz")

CP1252_HIGH = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
ESCAPED_HIGH = {0xDC00 + byte: CP1252_HIGH.get(byte, chr(byte)) for byte in range(0x80, 0x100)}
C1 = re.compile(rb"[\x80-\x9f]")
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what Postgres and UTF-8 cannot hold: NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = SURROGATE.sub("\ufffd", text)
    return text


def known_charset(declared: str | None) -> str | None:
    """The codec to use for a declared name; None when the name is unknown or no character set."""
    if not declared:
        return None
    name = declared.strip().strip("\"'").lower()[:60]
    try:
        found = codecs.lookup(ALIASES.get(name, name)).name
        b"".decode(found)
    except (LookupError, ValueError, TypeError):
        return None
    if found in NOT_CHARSETS:
        return None
    return MEANT.get(found, found)


def decode_windows(content: bytes) -> str:
    """windows-1252, its five undefined bytes as control characters: total."""
    text = content.decode("latin-1")
    return text.translate(CP1252_HIGH) if C1.search(content) else text


def decode_mostly_utf8(content: bytes) -> str:
    """utf-8 with single stray windows-1252 bytes in it, or windows-1252 altogether when those dominate."""
    text = content.decode("utf-8", "surrogateescape")
    stray = len(SURROGATE.findall(text))
    high = sum(1 for character in text if character > "\x7f")
    if stray * 2 > high:
        return decode_windows(content)
    return text.translate(ESCAPED_HIGH)


def guessed(content: bytes) -> str | None:
    """A detector's word, asked only where there is enough to go by: on single words it misfires."""
    sample = content[:20_000]
    high = len(sample) - len(sample.translate(None, bytes(range(0x80, 0x100))))
    if high < 24 or high * 4 < len(sample):
        return None
    return known_charset(detect_encoding(sample, max_len=20_000, html5_compatible=False))


def decode_declared(content: bytes, charset: str) -> str:
    """Decodes as declared; where that fails often, as windows-1252."""
    try:
        return content.decode(charset)
    except (UnicodeError, ValueError):
        text = content.decode(charset, "replace")
    if text.count("\ufffd") * 20 > len(text):
        return decode_windows(content)
    return text


def decode(content: bytes, declared: str | None) -> str:
    """Text of a body or header; `declared` is the charset as the sender wrote it."""
    charset = known_charset(declared)
    if charset is None and b"\x1b$" in content[:2_000]:
        charset = "iso2022_jp"
    shifting = charset is not None and charset.startswith(SHIFTING)
    if charset is not None and shifting:
        return storable(decode_declared(content, charset).removeprefix("\ufeff"))
    try:
        return storable(content.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError:
        pass
    if charset == "utf-8":
        return storable(decode_mostly_utf8(content))
    if charset is None or (charset == "cp1252" and "ascii" in (declared or "").lower()):
        charset = guessed(content)
    if charset is None or charset in {"cp1252", "utf-8"}:
        return storable(decode_windows(content))
    return storable(decode_declared(content, charset))


def decode_html(content: bytes, declared: str | None) -> str:
    """As `decode`, and an undeclared charset is looked up in the page's own meta element."""
    if known_charset(declared) is None:
        meta = META_CHARSET.search(content[:4_096])
        if meta is not None:
            declared = meta.group(1).decode("ascii", "ignore")
            if declared.lower().startswith("utf-16"):
                declared = None
    return decode(content, declared)
