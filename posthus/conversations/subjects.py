"""Subjects without what programs put in front of them (RFC 5256, section 2.1, and what people's programs do)."""

import re

REPLY_WORDS = frozenset(
    {"re", "sv", "aw", "antw", "ref", "odp", "vá", "atb", "antwort", "rif", "res", "回复", "答复"}
)
FORWARD_WORDS = frozenset(
    {"fwd", "fw", "vs", "wg", "vb", "vl", "tr", "rv", "enc", "doorst", "videresend", "videresendt", "转发"}
)
PREFIX_WORDS = REPLY_WORDS | FORWARD_WORDS
# One prefix: `Re:`, `SV[2]:`, `AW :`, `Re^3:`, or a list's or helpdesk's tag in brackets.
PREFIX = re.compile(r"\s*([^\W\d_]{2,12})\s{0,2}(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4})?\s{0,2}[:：]")
TAG = re.compile(r"\s*\[[^\[\]]{1,80}\]")
SPACE = re.compile(r"\s+")
MAX_PREFIXES = 50


def walk(subject: str) -> tuple[int, list[str]]:
    """Where the subject proper begins, and the prefix words before it."""
    position = 0
    words: list[str] = []
    for _ in range(MAX_PREFIXES):
        prefix = PREFIX.match(subject, position)
        if prefix is not None and prefix.group(1).casefold() in PREFIX_WORDS:
            words.append(prefix.group(1).casefold())
            position = prefix.end()
            continue
        tag = TAG.match(subject, position)
        if tag is None or not subject[tag.end() :].strip():
            break
        position = tag.end()
    return position, words


def normalise_subject(subject: str) -> str:
    """Lower case, single spaces, without prefixes and list tags; equal for a mail and its replies."""
    position, _ = walk(subject)
    return SPACE.sub(" ", subject[position:]).strip().casefold()


def is_reply_subject(subject: str) -> bool:
    """Whether the outermost prefix says that this answers something."""
    _, words = walk(subject)
    return bool(words) and words[0] in REPLY_WORDS
