"""A query's words: stemmed in both languages, exact where they are addresses or numbers, weighed by rarity; pure."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log, log2

from posthus.search.language import Piece

RAREST = 8
COUNTED = 2_000  # counting stops here: what is as common as that carries no weight
COMMON_SHARE = 0.03

_NUMBERS = frozenset({20, 21, 22})  # kinds of Postgres' parser: float, signed and unsigned integer
# Both halves of `order-nummer` come as words of their own; the whole, tags and spaces say nothing more.
_SKIPPED = frozenset({12, 13, 14, 15, 16, 17, 23})
_FOLDED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_UNFOLDED = (("ae", "æ"), ("oe", "ø"), ("aa", "å"))
_UNCOUNTED = frozenset({12, 13, 14, 23})  # what takes no position in a tsvector


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

    `number` is its position as a tsvector counts them, over the whole query; `also` are other ways to ask for
    it, as tsqueries. `meant` when forms were added that it may have been meant to be, `joined` when it is two
    words of the query in one.
    """

    piece: int
    number: int
    said: str
    lexemes: tuple[str, ...]
    stop: bool
    also: tuple[str, ...] = ()
    meant: bool = False
    joined: bool = False
    count: int = 0
    idf: float = 0.0

    @property
    def query(self) -> str:
        """Any of its forms, as a tsquery."""
        return "(" + " | ".join([*(quoted(lexeme) for lexeme in self.lexemes), *self.also]) + ")"


def terms(tokens: Sequence[Token], stems: Mapping[str, Sequence[str]]) -> tuple[Term, ...]:
    """The words that can be in the index; stop words only where there is nothing else.

    `stems` has the stems of the other ways to write a word, see `spellings`.
    """
    counted = [token for token in tokens if token.kind not in _UNCOUNTED]
    every = [_term(token, at, stems) for at, token in enumerate(counted) if token.kind not in _SKIPPED]
    telling = [term for term in every if not term.stop]
    return tuple(telling or [replace(term, stop=False) for term in every])


def spellings(word: str) -> tuple[str, ...]:
    """The same word with ae, oe and aa for æ, ø and å, and the other way round; without accents on others."""
    if not word.isalpha():
        return ()
    folded = word.translate(_FOLDED)
    unfolded = word
    for two, one in _UNFOLDED:
        unfolded = unfolded.replace(two, one)
    bare = "".join(letter if letter in "æøå" else unicodedata.normalize("NFD", letter)[0] for letter in word)
    return tuple(one for one in dict.fromkeys((folded, unfolded, bare)) if one != word)


def strict(query: Sequence[Piece], words: Sequence[Term]) -> str:
    """A tsquery that asks for every word and phrase; empty without a word."""
    asked = []
    for number, piece in enumerate(query):
        own = [term for term in words if term.piece == number and not piece.negated]
        if own:
            asked.append(f"({_said(piece, own)})")
    return " & ".join(asked)


def phrases(query: Sequence[Piece], words: Sequence[Term]) -> str:
    """A tsquery of what stands in quotation marks, which every answer must have; empty without any."""
    return " & ".join(_marked(query, words, negated=False))


def refused(query: Sequence[Piece], words: Sequence[Term]) -> str:
    """A tsquery of what no answer may have; empty where nothing is refused."""
    return " | ".join(_marked(query, words, negated=True))


def _marked(query: Sequence[Piece], words: Sequence[Term], *, negated: bool) -> list[str]:
    found = []
    for number, piece in enumerate(query):
        own = [term for term in words if term.piece == number]
        if own and piece.negated == negated and (negated or piece.phrase):
            found.append(f"({_said(piece, own)})")
    return found


def _said(piece: Piece, own: Sequence[Term]) -> str:
    return _phrase(own) if piece.phrase else " & ".join(term.query for term in own)


def weighed(words: Sequence[Term], counts: Mapping[tuple[int, int], int], total: int) -> tuple[Term, ...]:
    """The words with how often each occurs and its weight: the logarithm of how rare it is.

    Counts are taken in steps of a half power of two: a weight then stays while messages come, and with it
    every rank that was found under it.
    """
    found = []
    for term in words:
        count = counts.get((term.piece, term.number), 0)
        rarity = max(0, step(max(total, 1)) - step(max(count, 1))) / 2
        found.append(replace(term, count=count, idf=log(1 + 2.0**rarity)))
    return tuple(found)


def step(count: int) -> int:
    """Twice the logarithm to base two, rounded."""
    return round(2 * log2(count))


def rarest(query: Sequence[Piece], words: Sequence[Term]) -> tuple[Term, ...]:
    """The rarest words that occur at all and are not negated, each once, the rarest first.

    The letters of an order number such as `ORD-10432` say nothing without it.
    """
    numbered = {term.piece for term in words if not term.said.isalpha() and not query[term.piece].phrase}
    wanted = {
        term.lexemes: term
        for term in words
        if term.count
        and not query[term.piece].negated
        and not (term.said.isalpha() and term.piece in numbered)
    }
    return tuple(sorted(wanted.values(), key=lambda term: (-term.idf, term.number))[:RAREST])


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


def _term(token: Token, position: int, stems: Mapping[str, Sequence[str]]) -> Term:
    stop = token.danish == [] or token.english == []
    said = token.token.lower()
    forms = [form for found in (token.danish, token.english, token.simple) for form in found or []]
    forms += [form for other in spellings(said) for form in (*stems.get(other, ()), other)]
    forms = forms or [said]
    if token.kind in _NUMBERS:
        # Postgres reads the number of `ORD-10432` as minus 10432.
        plain = forms[0].lstrip("+-")
        forms = [plain, f"-{plain}"]
    return Term(token.piece, position, said, tuple(dict.fromkeys(forms)), stop)


def _phrase(own: Sequence[Term]) -> str:
    said = own[0].query
    for before, term in pairwise(own):
        said += f" <{term.number - before.number}> {term.query}"
    return said


def quoted(lexeme: str) -> str:
    """A lexeme as it stands in a tsquery."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
