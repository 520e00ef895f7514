"""What a person types into the box: words, "phrases", -what must not be there, and filters such as `fra:lone`; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as unlike
from typing import Literal

Field = Literal[
    "from", "to", "company", "contact", "source", "subject", "has", "is", "before", "after", "tag", "channel"
]

# Every name a filter goes by, in English and Danish; `foer` for keyboards without ø.
NAMES: Mapping[str, Field] = {
    "from": "from",
    "fra": "from",
    "to": "to",
    "til": "to",
    "company": "company",
    "firma": "company",
    "contact": "contact",
    "kontakt": "contact",
    "source": "source",
    "kilde": "source",
    "subject": "subject",
    "emne": "subject",
    "has": "has",
    "har": "has",
    "is": "is",
    "er": "is",
    "before": "before",
    "før": "before",
    "foer": "before",
    "after": "after",
    "efter": "after",
    "tag": "tag",
    "mærke": "tag",
    "channel": "channel",
    "kanal": "channel",
}

_SAID = re.compile(
    rf'(?P<minus>-?)(?:(?P<name>{"|".join(NAMES)}):(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))|"(?P<phrase>[^"]*)")'
    r'|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or a phrase in quotation marks; `negated` when a minus stands before it."""

    text: str
    phrase: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A field with what it must be, or must not when `negated`; `said` is the name as it was typed."""

    field: Field
    value: str
    negated: bool = False
    said: str = unlike(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A query taken apart."""

    pieces: tuple[Piece, ...]
    filters: tuple[Filter, ...]

    @property
    def text(self) -> str:
        """What it asks about, without filters and without what must not be there: this gets a vector."""
        return " ".join(piece.text for piece in self.pieces if not piece.negated)


def parse(text: str) -> Question:
    """Take any text apart; what is no filter is a word, and a quotation mark left open counts for nothing."""
    text = text.replace("\0", " ")
    if text.count('"') % 2:
        last = text.rindex('"')
        text = f"{text[:last]} {text[last + 1 :]}"
    pieces: list[Piece] = []
    filters: list[Filter] = []
    for one in _SAID.finditer(text):
        minus = bool(one["minus"])
        if one["name"] is not None:
            value = " ".join((one["quoted"] or one["bare"] or "").split())
            if value:
                said = one["name"]
                filters.append(Filter(NAMES[said.lower()], value, minus, said))
        elif one["phrase"] is not None:
            phrase = " ".join(one["phrase"].split())
            if phrase:
                pieces.append(Piece(phrase, phrase=True, negated=minus))
        else:
            pieces.append(_word(one["word"]))
    return Question(tuple(pieces), tuple(filters))


def written(question: Question) -> str:
    """The query as a person would type it: `parse` gives the same question again."""
    said = [_written_piece(piece) for piece in question.pieces]
    for one in question.filters:
        value = f'"{one.value}"' if _SPACED.search(one.value) else one.value
        said.append(f"{'-' if one.negated else ''}{one.said or one.field}:{value}")
    return " ".join(said)


def without(question: Question, chip: Filter) -> Question:
    """The question once the chip is taken off."""
    left = list(question.filters)
    if chip in left:
        left.remove(chip)
    return Question(question.pieces, tuple(left))


_SPACED = re.compile(r"\s")


def _word(word: str) -> Piece:
    if len(word) > 1 and word[0] == "-" and word[1].isalpha():
        return Piece(word[1:], phrase=False, negated=True)
    return Piece(word, phrase=False, negated=False)


def _written_piece(piece: Piece) -> str:
    text = f'"{piece.text}"' if piece.phrase else piece.text
    return f"-{text}" if piece.negated else text
