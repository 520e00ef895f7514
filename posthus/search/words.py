"""A query's words: stemmed in both languages, exact where they are addresses or numbers, weighed by rarity; pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

RAREST = 4
COUNTED = 2_000  # counting stops here: what is as common as that carries no weight
COMMON_SHARE = 0.03

_PIECE = re.compile(r'(-?)"([^"]*)"|(\S+)')
_NUMBERS = frozenset({20, 21, 22})  # kinds of Postgres' parser: float, signed and unsigned integer
# Both halves of `order-nummer` come as words of their own; the whole, tags and spaces say nothing more.
_SKIPPED = frozenset({12, 13, 14, 15, 16, 17, 23})
_UNCOUNTED = frozenset({12, 13, 14, 23})  # what takes no position in a tsvector


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or a phrase in quotation marks; `negated` when a minus stands before it."""

    text: str
    phrase: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word as Postgres' parser sees it: its piece, kind, and its stems; an empty stem is a stop word."""

    piece: int
    number: int
    kind: int
    token: str
    danish: list[str] | None
    english: list[str] | None
    simple: list[str] | None


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the query with every form it may have in the index, and how often it occurs there.

    `number` is its position as a tsvector counts them, over the whole query.
    """

    piece: int
    number: int
    lexemes: tuple[str, ...]
    stop: bool
    count: int = 0
    idf: float = 0.0

    @property
    def query(self) -> str:
        """Any of its forms, as a tsquery."""
        return "(" + " | ".join(_quoted(lexeme) for lexeme in self.lexemes) + ")"


def pieces(text: str) -> tuple[Piece, ...]:
    """The query in pieces as a person writes them: words, "phrases", and -what must not be there."""
    found = []
    for one in _PIECE.finditer(text.replace("\0", " ")):
        minus, phrase, word = one.groups()
        if word is None:
            found.append(Piece(phrase, phrase=True, negated=bool(minus)))
        elif len(word) > 1 and word[0] == "-" and word[1].isalpha():
            found.append(Piece(word[1:], phrase=False, negated=True))
        else:
            found.append(Piece(word, phrase=False, negated=False))
    return tuple(found)


def terms(tokens: Sequence[Token]) -> tuple[Term, ...]:
    """The words that can be in the index; stop words only where there is nothing else."""
    counted = [token for token in tokens if token.kind not in _UNCOUNTED]
    every = [_term(token, at) for at, token in enumerate(counted) if token.kind not in _SKIPPED]
    telling = [term for term in every if not term.stop]
    return tuple(telling or [replace(term, stop=False) for term in every])


def strict(query: Sequence[Piece], words: Sequence[Term]) -> str:
    """A tsquery that asks for every word and phrase, and for none of the negated; empty without a word."""
    asked: list[str] = []
    refused: list[str] = []
    for number, piece in enumerate(query):
        own = [term for term in words if term.piece == number]
        if not own:
            continue
        said = _phrase(own) if piece.phrase else " & ".join(term.query for term in own)
        (refused if piece.negated else asked).append(f"({said})")
    if not asked:
        return ""
    return " & ".join(asked + [f"!{one}" for one in refused])


def weighed(words: Sequence[Term], counts: Mapping[tuple[int, int], int], total: int) -> tuple[Term, ...]:
    """The words with how often each occurs and its weight: the logarithm of how rare it is."""
    found = []
    for term in words:
        count = counts.get((term.piece, term.number), 0)
        found.append(replace(term, count=count, idf=log(1 + max(total, 1) / max(count, 1))))
    return tuple(found)


def rarest(query: Sequence[Piece], words: Sequence[Term]) -> tuple[Term, ...]:
    """The four rarest words that occur at all and are not negated, each once."""
    wanted = {term.lexemes: term for term in words if term.count and not query[term.piece].negated}
    return tuple(sorted(wanted.values(), key=lambda term: -term.idf)[:RAREST])


def anything(words: Iterable[Term]) -> str:
    """A tsquery that asks for any of the words."""
    return " | ".join(term.query for term in words)


def coverage(query: Sequence[Piece], words: Sequence[Term]) -> float:
    """How much of what the query says occurs in the index, 0 to 1: little where it is in another language."""
    asked = [term for term in words if not query[term.piece].negated]
    whole = sum(term.idf for term in asked)
    return sum(term.idf for term in asked if term.count) / whole if whole else 0.0


def lexemes(query: Sequence[Piece], words: Sequence[Term]) -> tuple[str, ...]:
    """Every form that may be highlighted."""
    return tuple({form for term in words if not query[term.piece].negated for form in term.lexemes})


def _term(token: Token, position: int) -> Term:
    stop = token.danish == [] or token.english == []
    forms = [form for stems in (token.danish, token.english, token.simple) for form in stems or []]
    forms = forms or [token.token.lower()]
    if token.kind in _NUMBERS:
        # Postgres reads the number of `ORD-10432` as minus 10432.
        plain = forms[0].lstrip("+-")
        forms = [plain, f"-{plain}"]
    return Term(token.piece, position, tuple(dict.fromkeys(forms)), stop)


def _phrase(own: Sequence[Term]) -> str:
    said = own[0].query
    for before, term in pairwise(own):
        said += f" <{term.number - before.number}> {term.query}"
    return said


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
