"""The part of a message that shows why it was found, at most 240 characters; pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CHARACTERS = 240
LEAD = 40  # characters of context before the first match
READ = 20_000  # a longer text is looked through no further
CUT = "…"

_WORD = re.compile(r"\w+")

SpanRow = tuple[str, int, int]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line of text and the ranges of its characters that matched, in order, not touching each other."""

    text: str
    highlights: tuple[Range, ...]


def new_text(text: str, spans: Sequence[SpanRow], within: Range | None = None) -> str:
    """What the message newly says, on one line; all of it where nothing is marked as new."""
    low, high = within or (0, len(text))
    pieces = [text[max(start, low) : min(end, high)] for kind, start, end in spans if kind == "new"]
    line = " ".join(" ".join(pieces)[:READ].split())
    return line or " ".join(text[low:high][:READ].split())


def words_like(line: str, lexemes: Iterable[str]) -> set[str]:
    """The words of the line, in lower case, that could have one of the stems: they begin alike."""
    beginnings = tuple({lexeme[:3] for lexeme in lexemes if lexeme})
    return {word for word in set(_WORD.findall(line.lower())) if word.startswith(beginnings)}


def matches(line: str, words: Iterable[str], literals: Sequence[str]) -> list[Range]:
    """Where the words, in lower case, and the literal texts (addresses, numbers) stand, merged and in order."""
    found = _found(line, rf"\b(?:{_any(words)})\b") + _found(line, _any(literals))
    merged: list[Range] = []
    for start, end in sorted(span for span in found if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _any(texts: Iterable[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True) if text)


def _found(line: str, pattern: str) -> list[Range]:
    if pattern in {"", r"\b(?:)\b"}:
        return []
    return [one.span() for one in re.finditer(pattern, line, re.IGNORECASE)]


def snippet(line: str, found: Sequence[Range], characters: int = CHARACTERS) -> Snippet:
    """The window of the line with the most different matches, from the beginning where there is none."""
    if len(line) <= characters:
        return Snippet(line, tuple(found))
    room = characters - 2 * len(CUT)
    start = _word_start(line, _best_start(line, found, room), found)
    end = min(len(line), start + room)
    if end < len(line):
        space = line.rfind(" ", start, end + 1)
        inside = any(left < space < right for left, right in found)
        end = space if space > start + room // 2 and not inside else end
    before, after = CUT if start else "", CUT if end < len(line) else ""
    shift = len(before) - start
    shown = tuple((left + shift, right + shift) for left, right in found if start <= left and right <= end)
    return Snippet(before + line[start:end] + after, shown)


def _best_start(line: str, found: Sequence[Range], room: int) -> int:
    best, most = 0, 0
    texts = [line[left:right].lower() for left, right in found]
    inside: dict[str, int] = {}
    last = 0
    for first, (left, _) in enumerate(found):
        while last < len(found) and found[last][1] <= left + room - LEAD:
            inside[texts[last]] = inside.get(texts[last], 0) + 1
            last += 1
        if len(inside) > most:
            best, most = left, len(inside)
        if first < last:
            inside[texts[first]] -= 1
            if not inside[texts[first]]:
                del inside[texts[first]]
        else:
            last = first + 1  # a match longer than the room is never inside
    return max(0, best - LEAD)


def _word_start(line: str, start: int, found: Sequence[Range]) -> int:
    """The next beginning of a word, unless that would jump over a match."""
    if start == 0 or line[start - 1] == " ":
        return start
    space = line.find(" ", start, start + LEAD)
    jumped = any(start <= left <= space for left, _ in found)
    return start if space < 0 or jumped else space + 1
