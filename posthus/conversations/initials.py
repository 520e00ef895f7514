"""Quoted lines marked with somebody's initials or name, as `EL> so it was` (Supercite, The Bat!); RFC 3676 knows only `>`."""

import re
from collections.abc import Iterator, Sequence

# A name right before the mark, which words follow. What begins so often is a prompt: those are named, or small letters.
MARK = re.compile(r"([A-Z][A-Za-z]{0,9})>{1,5} (?=.*[a-z]{2})")
PROMPTS = frozenset(
    {
        "SQL",
        "MariaDB",
        "RMAN",
        "PS",
        "CQL",
        "IEx",
        "Prelude",
        "Router",
        "Switch",
        "R",
        "A",
        "B",
        "C",
        "D",
        "Q",
    }
)
LINES = 3  # that must carry a mark
TOGETHER = 2  # of them one after the other, as wrapped sentences are


def initials_marks(stripped: Sequence[str]) -> set[str]:
    """The initials that mark quoted lines in a text, told by how often and how densely they stand there."""
    counted: dict[str, int] = {}
    dense: set[str] = set()
    before, run = "", 0
    for name in _names(stripped):
        run = run + 1 if name == before else 1
        before = name
        if name:
            counted[name] = counted.get(name, 0) + 1
            if run >= TOGETHER:
                dense.add(name)
    return {name for name in dense if counted[name] >= LINES}


def plainly_marked(stripped: Sequence[str]) -> list[str]:
    """The lines with `>` instead of initials; the same number of lines."""
    marks = initials_marks(stripped)
    if not marks:
        return list(stripped)
    return [
        f">{line[len(name) :].lstrip('>')}" if name in marks else line
        for name, line in zip(_names(stripped), stripped, strict=True)
    ]


def _names(stripped: Sequence[str]) -> Iterator[str]:
    """Each line's initials, or nothing."""
    for line in stripped:
        found = MARK.match(line) if ">" in line[:16] and line[0].isupper() else None
        yield found[1] if found is not None and found[1] not in PROMPTS else ""
