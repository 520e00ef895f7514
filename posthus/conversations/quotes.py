"""Which lines of a mail are new, quoted or signature; nothing is deleted, and time is linear in the text.

A line is looked at together with at most MAX_WRAP or MAX_BLOCK lines after it, and only when it is short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from posthus.conversations.attributions import (
    MAX_LINE,
    attribution_length,
    header_block_length,
    is_forward_rule,
    is_original_rule,
    is_plain_rule,
)
from posthus.conversations.closings import is_closing, is_list_footer, is_mobile_signature
from posthus.conversations.initials import plainly_marked
from posthus.conversations.parsed import Span

Kind = Literal["new", "quote", "signature"]

MAX_SIGNATURE_LINES = 15
MAX_DASHED_SIGNATURE_LINES = 40
MAX_SIGNATURE_WIDTH = 120
MAX_FOOTER_LINES = 12


@dataclass(slots=True)
class Lines:
    """The lines of a text, their starts, and what each was found to be."""

    lines: list[str]
    stripped: list[str]
    kinds: list[Kind]
    quoted_later: list[bool]
    forwarded: bool = False

    def next_shown(self, index: int) -> int:
        """The first line at or after `index` that is not blank, or the number of lines."""
        while index < len(self.stripped) and not self.stripped[index]:
            index += 1
        return index

    def mark(self, start: int, end: int, kind: Kind) -> None:
        """Sets the kind of lines [start, end)."""
        self.kinds[start:end] = [kind] * (end - start)


def is_quoted(stripped: str) -> bool:
    """A line marked as quoted; `>From` is an mbox escape, and `>:` the end of a wrapped attribution."""
    return stripped.startswith(">") and stripped != ">:" and not stripped.startswith(">From ")


def read_lines(text: str) -> Lines:
    """The text's lines, each still new unless marked with > or with initials."""
    lines = text.split("\n")
    stripped = [line.strip() for line in lines]
    if ">" in text:
        stripped = plainly_marked(stripped)
    kinds: list[Kind] = ["quote" if is_quoted(line) else "new" for line in stripped]
    later = [False] * (len(lines) + 1)
    for index in range(len(lines) - 1, -1, -1):
        later[index] = later[index + 1] or kinds[index] == "quote"
    return Lines(lines, stripped, kinds, later)


def find_quotes(found: Lines) -> None:
    """Marks attributions, forwarded headers and what hangs on them, top down."""
    index = 0
    while index < len(found.lines):
        line = found.stripped[index]
        if not line or len(line) > MAX_LINE or found.kinds[index] == "quote":
            index += 1
            continue
        length, cuts = introduction(found, index)
        if not length:
            index += 1
            continue
        found.mark(index, index + length, "quote")
        following = found.next_shown(index + length)
        if following < len(found.lines) and found.kinds[following] == "quote":
            found.mark(index, following, "quote")
            index = following
        elif cuts or not found.quoted_later[following]:
            found.mark(index, len(found.lines), "quote")
            return
        else:
            index += length


def introduction(found: Lines, index: int) -> tuple[int, bool]:
    """How many lines from `index` introduce a quotation, and whether all after them is quoted in any case."""
    line = found.stripped[index]
    if is_forward_rule(line):
        found.forwarded = True
        return 1 + header_block_length(found.stripped, found.next_shown(index + 1)), True
    if is_original_rule(line):
        return 1 + header_block_length(found.stripped, found.next_shown(index + 1)), True
    start = found.next_shown(index + 1) if is_plain_rule(line) else index
    block = header_block_length(found.stripped, start)
    if block:
        return start - index + block, True
    length, certain = attribution_length(found.stripped, index)
    if not length:
        return 0, False
    following = found.next_shown(index + length)
    quote_follows = following < len(found.lines) and found.kinds[following] == "quote"
    return (length, False) if certain or quote_follows else (0, False)


def is_spilled(found: Lines, index: int) -> bool:
    """The rest of a long quoted line that a program wrapped without marking it again."""
    line = found.stripped[index]
    if not line or not line[0].islower() or not 0 < index < len(found.lines) - 1:
        return False
    before, after = found.stripped[index - 1], found.stripped[index + 1]
    return is_quoted(before) and is_quoted(after) and len(line) < 60 < len(before) < 100


def join_quoted_gaps(found: Lines) -> None:
    """Blank lines and spilled words between quoted lines belong to the quote."""
    for index, kind in enumerate(found.kinds):
        if kind == "new" and is_spilled(found, index):
            found.kinds[index] = "quote"
    last = -1
    for index, kind in enumerate(found.kinds):
        if kind == "quote":
            if last >= 0 and index - last > 1 and found.next_shown(last + 1) == index:
                found.mark(last + 1, index, "quote")
            last = index


def new_blocks(found: Lines) -> list[tuple[int, int]]:
    """Stretches of new lines that hold something, in order."""
    blocks = []
    start = -1
    for index in range(len(found.lines) + 1):
        if index < len(found.lines) and found.kinds[index] == "new":
            start = index if start < 0 else start
        elif start >= 0:
            if found.next_shown(start) < index:
                blocks.append((start, index))
            start = -1
    return blocks


def find_footers(found: Lines) -> None:
    """Marks a mailing list's footer at the end of the text or before the quote as signature."""
    for start, end in new_blocks(found)[-2:]:
        for index in range(max(start, end - MAX_FOOTER_LINES), end):
            if is_list_footer(found.stripped, index, end):
                found.mark(index, end, "signature")
                break


def find_signature(found: Lines) -> None:
    """Marks the signature of the last own words: from `-- `, a closing phrase or a mobile's line on."""
    blocks = new_blocks(found)
    if not blocks:
        return
    start, end = blocks[-1]
    first = found.next_shown(start)
    for index in range(first, end):
        if found.lines[index].rstrip("\r") == "-- " or (
            found.stripped[index] == "--" and end - index <= MAX_DASHED_SIGNATURE_LINES
        ):
            found.mark(index, end, "signature")
            end = index
            break
    own = len(blocks) > 1
    shown = [
        index for index in range(max(first, end - 3 * MAX_SIGNATURE_LINES), end) if found.stripped[index]
    ]
    for index in shown[-MAX_SIGNATURE_LINES - 1 :]:
        line = found.stripped[index]
        if len(line) > MAX_SIGNATURE_WIDTH or (index == first and not own):
            continue
        if is_mobile_signature(line) or (is_closing(line) and is_narrow(found, index, end)):
            found.mark(index, end, "signature")
            return


def is_narrow(found: Lines, index: int, end: int) -> bool:
    """Whether the lines after a closing look like a signature rather than a text going on."""
    return all(len(line) <= MAX_SIGNATURE_WIDTH for line in found.stripped[index:end])


def to_spans(found: Lines) -> tuple[Span, ...]:
    """Neighbouring lines of one kind as one span; blank lines go with the line before them."""
    if found.lines == [""]:
        return ()
    spans: list[Span] = []
    start = position = 0
    current = found.kinds[0]
    for line, stripped, kind in zip(found.lines, found.stripped, found.kinds, strict=True):
        if stripped and kind != current:
            spans.append(Span(current, start, position))
            start, current = position, kind
        position += len(line) + 1
    spans.append(Span(current, start, position - 1))
    return tuple(spans)


def split_text(text: str) -> tuple[Span, ...]:
    """Spans that cover the whole text in order; none for an empty text.

    A mail that only passes another one on, without own words, is all new: the other mail is its content.
    """
    found = read_lines(text)
    find_quotes(found)
    join_quoted_gaps(found)
    if found.forwarded and not new_blocks(found):
        return (Span("new", 0, len(text)),)
    find_footers(found)
    find_signature(found)
    return to_spans(found)


def new_text(text: str, spans: Sequence[Span]) -> str:
    """The sender's own words, each new span trimmed, joined by newlines."""
    pieces = (text[span.start : span.end].strip() for span in spans if span.kind == "new")
    return "\n".join(piece for piece in pieces if piece)
