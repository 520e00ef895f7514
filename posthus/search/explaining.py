"""Why a search finds what it does: its words, its steps, and the places of each hit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.search.arms import nearest
from posthus.search.plan import Thresholds, Way
from posthus.search.remembered import Memory, RememberedSearches
from posthus.search.request import Meaning, SearchRequest
from posthus.search.search import OpenTransaction, answer, asking
from posthus.search.standing import Standing, stand
from posthus.search.steps import Step, Steps

SQL = load(__file__)


@dataclass(frozen=True, slots=True)
class WordUse:
    """A word of the query: every form it is looked for in, in how many messages it is (to 2,000), and its weight.

    `meant` when nothing had the word itself and forms near it were taken; `common` when it is in too many
    messages to be counted.
    """

    said: str
    forms: tuple[str, ...]
    messages: int
    weight: float
    meant: bool
    common: bool


@dataclass(frozen=True, slots=True)
class ArmUse:
    """One ranking: what it weighs in the end, and how many messages it ranked."""

    name: str
    weight: float
    candidates: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A hit with its place in each ranking (from 1), its likeness by meaning, and which of the words it has."""

    message_id: UUID
    subject: str
    score: float
    places: Mapping[str, int]
    likeness: float | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that a search's answer follows from; `cache` is how it would be answered otherwise.

    `way` is how vectors were compared, None where they were not. `memory` is what remembering was worth in this process.
    """

    asked: str
    words: tuple[WordUse, ...]
    rankings: tuple[ArmUse, ...]
    plan: str
    way: Way | None
    steps: tuple[Step, ...]
    milliseconds: float
    cache: Literal["new", "kept", "updated"]
    memory: Memory
    hits: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Had:
    message_id: UUID
    words: list[str]


def explain(
    open_transaction: OpenTransaction,
    request: SearchRequest,
    meaning: Meaning | None,
    remembered: RememberedSearches | None = None,
) -> Explanation:
    """Search anew and tell everything; raises SearchError for a limit outside 1 to 100."""
    steps = Steps()
    with asking(request, meaning) as asked, open_transaction() as connection:
        standing = stand(connection, request, asked, Thresholds(), steps)
        found = answer(connection, standing, steps)
        took = steps.milliseconds
        had = _words_of(connection, standing, [hit.message_id for hit in found.result.hits])
    places = {one.id: one.places for one in found.fused}
    likeness = {one.message_id: one.likeness for one in nearest(standing.meaning.chunks)}
    return Explanation(
        asked=standing.said.question.text,
        words=_word_uses(standing),
        rankings=tuple(ArmUse(arm.name, arm.weight, len(arm.ids)) for arm in standing.arms()),
        plan=found.result.plan,
        way=None if standing.meaning.plan is None else standing.meaning.plan.way,
        steps=steps.taken,
        milliseconds=took,
        cache="new" if remembered is None else remembered.level(request, meaning),
        memory=Memory() if remembered is None else remembered.memory,
        hits=tuple(
            Reason(
                message_id=hit.message_id,
                subject=hit.subject,
                score=hit.score,
                places=places[hit.message_id],
                likeness=likeness.get(hit.message_id),
                words=had.get(hit.message_id, ()),
            )
            for hit in found.result.hits
        ),
    )


def _word_uses(standing: Standing) -> tuple[WordUse, ...]:
    said = standing.said
    return tuple(
        WordUse(
            said=term.said,
            forms=(*term.lexemes, *term.also),
            messages=term.count,
            weight=round(term.idf, 3),
            meant=term.meant,
            common=(term.piece, term.number) in said.common,
        )
        for term in (*said.terms, *said.joined)
    )


def _words_of(
    connection: Connection, standing: Standing, messages: list[UUID]
) -> dict[UUID, tuple[str, ...]]:
    said = standing.said
    asked = [{"said": term.said, "query": term.query} for term in (*said.terms, *said.joined)]
    if not asked or not messages:
        return {}
    given = {
        "workspace": standing.request.workspace_id,
        "messages": [str(one) for one in messages],
        "words": Jsonb(asked),
    }
    return {one.message_id: tuple(one.words) for one in rows(connection, SQL["words_had"], given, _Had)}
