"""A query as the index can be asked for it: its words with their weights in the workspace, and its filters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId
from posthus.search import words as wording
from posthus.search.filters import Narrowing, narrow
from posthus.search.language import Piece, Question, parse
from posthus.search.request import SearchRequest
from posthus.search.vocabulary import compounds, inflected, widened
from posthus.search.words import COMMON_SHARE, COUNTED, Term, Token, quoted

SQL = load(__file__)
MOST_COUNTED = 10 * COUNTED
EXACT = 5_000  # in a workspace of so few messages every word is counted
SAMPLE = 200
KNOWN_OF_CHUNKS = frozenset({"contacts", "companies", "sources", "since", "until"})


@dataclass(frozen=True, slots=True)
class Wording:
    """A query taken apart, and what its words weigh; `common` are the places of words that are not counted."""

    question: Question
    terms: tuple[Term, ...]
    joined: tuple[Term, ...]
    common: frozenset[tuple[int, int]]
    narrowing: Narrowing
    required: str
    refused: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Words and phrases, without filters."""
        return self.question.pieces

    @property
    def filtered(self) -> bool:
        """Whether anything but the workspace narrows the search."""
        return self.narrowing.filtered or bool(self.required or self.refused)

    @property
    def of_people(self) -> bool:
        """Whether contacts or companies narrow the search."""
        values = self.narrowing.values
        return values["contacts"] is not None or values["companies"] is not None

    @property
    def of_chunks(self) -> bool:
        """Whether nothing narrows the search but what chunks themselves know: people, sources and time."""
        named = {name for name, value in self.narrowing.values.items() if value is not None}
        return bool(named) and named <= KNOWN_OF_CHUNKS and not (self.required or self.refused)

    def parameters(self, workspace: WorkspaceId, arrived: Sequence[UUID] | None = None) -> dict[str, object]:
        """The filters as the queries name them; with `arrived`, among these messages only."""
        return {
            **self.narrowing.values,
            "workspace": workspace,
            "required": self.required or None,
            "refused": self.refused or None,
            "arrived": None if arrived is None else list(arrived),
        }


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Words with their weights among `total` messages; two in one are `joined`, and `common` are not counted."""

    terms: tuple[Term, ...]
    joined: tuple[Term, ...]
    common: frozenset[tuple[int, int]]
    total: int


@dataclass(frozen=True, slots=True)
class _Count:
    piece: int
    number: int
    messages: int


@dataclass(frozen=True, slots=True)
class _Stems:
    word: str
    danish: list[str] | None
    english: list[str] | None


def understand(connection: Connection, request: SearchRequest) -> Wording:
    """Take the query apart, look up what its filters name, and weigh its words by how rare they are."""
    question = parse(request.text)
    narrowing = narrow(connection, request, question)
    aimed = [one for one in question.filters if one.field in {"from", "to", "subject"}]
    texts = [piece.text for piece in question.pieces] + [one.value for one in aimed]
    tokens = rows(connection, SQL["tokens"], {"pieces": Jsonb(texts)}, Token) if texts else []
    stems = _stems(connection, tokens)
    count = len(question.pieces)
    weighed = _weighed(
        connection,
        request.workspace_id,
        question,
        wording.terms([one for one in tokens if one.piece < count], stems),
    )
    required = [wording.phrases(question.pieces, weighed.terms)]
    refused = [wording.refused(question.pieces, weighed.terms)]
    for at, one in enumerate(aimed, start=count):
        own = wording.terms([token for token in tokens if token.piece == at], stems)
        if one.field == "subject":
            (refused if one.negated else required).append(_labelled(own, "A"))
        elif not one.negated:
            required.append(_labelled([replace(term, lexemes=(term.said,)) for term in own], "*B"))
    return Wording(
        question=question,
        terms=weighed.terms,
        joined=weighed.joined,
        common=weighed.common,
        narrowing=narrowing,
        required=" & ".join(f"({one})" for one in required if one),
        refused=" | ".join(f"({one})" for one in refused if one),
    )


def _stems(connection: Connection, tokens: Sequence[Token]) -> dict[str, tuple[str, ...]]:
    """The stems of the other ways to write the words."""
    other = sorted({word for token in tokens for word in wording.spellings(token.token.lower())})
    if not other:
        return {}
    found = rows(connection, SQL["stems"], {"words": other}, _Stems)
    return {one.word: (*(one.danish or ()), *(one.english or ())) for one in found}


def _weighed(
    connection: Connection, workspace: WorkspaceId, question: Question, terms: tuple[Term, ...]
) -> _Weighed:
    """The words, and how often each occurs; those that nothing has with what they may have been meant to be."""
    if not terms:
        return _Weighed((), (), frozenset(), 0)
    total = number(connection, SQL["count_messages"], {"workspace": workspace, "most": MOST_COUNTED})
    terms = _in_every_form(connection, workspace, question, terms)
    counts = _sampled(connection, workspace, terms, total) if total > EXACT else {}
    common = frozenset(counts)
    counts |= _count(connection, workspace, [one for one in terms if _place(one) not in common])
    asked = [term for term in terms if not question.pieces[term.piece].negated]
    plain = [term for term in asked if not question.pieces[term.piece].phrase]
    unknown = [term for term in plain if not counts[_place(term)]]
    if unknown:
        meant = {_place(one): one for one in widened(connection, workspace, unknown)}
        terms = tuple(meant.get(_place(term), term) for term in terms)
        counts |= _count(connection, workspace, list(meant.values()))
    joined = [replace(one, number=-1 - at) for at, one in enumerate(compounds(connection, workspace, plain))]
    counts |= _count(connection, workspace, joined)
    return _Weighed(
        wording.weighed(terms, counts, total), wording.weighed(joined, counts, total), common, total
    )


def _place(term: Term) -> tuple[int, int]:
    return term.piece, term.number


def _sampled(
    connection: Connection, workspace: WorkspaceId, terms: Sequence[Term], total: int
) -> dict[tuple[int, int], int]:
    """How often each word occurs that many of the newest messages have; counting those would read too much."""
    given = {"workspace": workspace, "most": SAMPLE, "words": _written(terms)}
    found = rows(connection, SQL["sample_words"], given, _Count)
    common = [one for one in found if one.messages >= SAMPLE * COMMON_SHARE]
    return {(one.piece, one.number): max(COUNTED, one.messages * total // SAMPLE) for one in common}


def _in_every_form(
    connection: Connection, workspace: WorkspaceId, question: Question, terms: tuple[Term, ...]
) -> tuple[Term, ...]:
    """Words with their other forms; what stands in quotation marks is asked for as it is."""
    plain = [term for term in terms if not question.pieces[term.piece].phrase]
    forms = {(one.piece, one.number): one for one in inflected(connection, workspace, plain)}
    return tuple(forms.get((term.piece, term.number), term) for term in terms)


def _count(
    connection: Connection, workspace: WorkspaceId, terms: Sequence[Term]
) -> dict[tuple[int, int], int]:
    if not terms:
        return {}
    given = {"workspace": workspace, "most": COUNTED, "words": _written(terms)}
    found = rows(connection, SQL["count_words"], given, _Count)
    return {(one.piece, one.number): one.messages for one in found}


def _written(terms: Sequence[Term]) -> Jsonb:
    return Jsonb([{"piece": one.piece, "number": one.number, "query": one.query} for one in terms])


def _labelled(terms: Sequence[Term], label: str) -> str:
    """Every term where the label says: `A` is the subject, `*B` the beginning of a name or address."""
    return " & ".join(
        "(" + " | ".join(f"{quoted(form)}:{label}" for form in term.lexemes) + ")" for term in terms
    )
