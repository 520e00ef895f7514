"""Messages that say nearly the same, such as one newsletter to many or a text forwarded: the best stands for all; pure."""

import re
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

READ = 3_000
RUN = 4  # words in a row
SKETCH = 48  # of all runs of words, those with the smallest hashes
ALIKE = 0.8
SHORTEST = 12  # words; a shorter text, such as a thank-you, is never folded away

_WORD = re.compile(r"\w+")
Kind = TypeVar("Kind")


def sketch(text: str) -> frozenset[int]:
    """A small sample of the text's runs of four words, the same for the same text; empty for a short text.

    Bottom-k sketch (Broder 1997): the share two of them have in common estimates that of the texts.
    """
    words = _WORD.findall(text[:READ].lower())
    if len(words) < SHORTEST:
        return frozenset()
    runs = {crc32(" ".join(words[at : at + RUN]).encode()) for at in range(len(words) - RUN + 1)}
    return frozenset(sorted(runs)[:SKETCH])


def folded(found: Sequence[tuple[Kind, frozenset[int]]]) -> list[tuple[Kind, list[Kind]]]:
    """Each that says something of its own, best first, with the later ones that say nearly the same."""
    kept: list[tuple[Kind, frozenset[int], list[Kind]]] = []
    for one, own in found:
        for _, other, alike in kept:
            if own and other and _share(own, other) >= ALIKE:
                alike.append(one)
                break
        else:
            kept.append((one, own, []))
    return [(one, alike) for one, _, alike in kept]


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    smallest = frozenset(sorted(one | other)[:SKETCH])
    return len(smallest & one & other) / len(smallest)
