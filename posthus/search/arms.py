"""The arms of a search, each a ranking of messages: every word, any of the rarest words, and meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.search import words as wording
from posthus.search.fusion import Arm
from posthus.search.plan import CHUNKS_PER_ARM, Measured, Plan, Thresholds, choose
from posthus.search.pools import Packed, Pool
from posthus.search.request import SearchRequest, Vector
from posthus.search.wording import Wording
from posthus.search.words import COUNTED, Term

SQL = load(__file__)
MOST = 100
CANDIDATES = 2_000  # the newest so many messages that have the words are ranked
WALKED = 50_000
EVERY_WEIGHT, ANY_WEIGHT, MEANING_WEIGHT = 0.7, 0.5, 1.0
LEAST_COVERAGE = 0.5
LEAST_SIMILARITY = 0.0

Name = Literal["every", "any"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an arm asks the index for, and by which words it ranks what has them."""

    name: Name
    weight: float
    query: str
    words: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A chunk near the question; the distance is 1 minus the cosine."""

    message_id: UUID
    chunk_id: int
    distance: float


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def asked_of_words(said: Wording, *, alone: bool) -> tuple[Asked, ...]:
    """What to ask for by words; any of the words only where the index knows enough of them, or words are `alone`."""
    found = []
    every = wording.strict(said.pieces, said.terms)
    wanted = tuple(term for term in said.terms if not said.pieces[term.piece].negated)
    if every:
        found.append(Asked("every", EVERY_WEIGHT, every, wanted))
    rare = wording.rarest(said.pieces, (*said.terms, *said.joined))
    if rare and (alone or wording.coverage(said.pieces, said.terms) >= LEAST_COVERAGE):
        found.append(Asked("any", ANY_WEIGHT, wording.anything(_affordable(rare)), rare))
    return tuple(found)


def _affordable(rare: Sequence[Term]) -> list[Term]:
    """The rarest words whose messages can all be ranked; what has only the commoner ones cannot win."""
    taken = [rare[0]]
    left = CANDIDATES - rare[0].count
    for term in rare[1:]:
        left -= term.count
        if left < 0:
            break
        taken.append(term)
    return taken


def pool(connection: Connection, request: SearchRequest, said: Wording, asked: Asked) -> Pool:
    """The newest messages that have what is asked, ranked; which way they are found changes no answer."""
    given = {**said.parameters(request.workspace_id), **_ranking(asked), "most": CANDIDATES + 1}
    common = all(term.count >= COUNTED for term in asked.words)
    if not common:
        found = _pool(connection, "words_by_index", given)
        if len(found) <= CANDIDATES:
            return found
    given |= {"most": CANDIDATES, "walked": WALKED}
    found = _pool(connection, "words_from_newest", given)
    return found if len(found) == CANDIDATES else _pool(connection, "words_by_index_newest", given)


def pool_of_arrived(
    connection: Connection, request: SearchRequest, said: Wording, asked: Asked, arrived: Sequence[UUID]
) -> Pool:
    """Those of the messages that have what is asked, ranked."""
    given = {**said.parameters(request.workspace_id, arrived), **_ranking(asked), "most": len(arrived)}
    return _pool(connection, "words_by_index", given)


def _ranking(asked: Asked) -> dict[str, object]:
    # ts_rank divides by how many forms are asked for; a word shall not lose by having many.
    weights = [
        {"query": term.query, "weight": term.idf * len((*term.lexemes, *term.also))} for term in asked.words
    ]
    return {"query": asked.query, "words": Jsonb(weights)}


def _pool(connection: Connection, query: str, given: Mapping[str, object]) -> Pool:
    found = row(connection, SQL[query], given, Packed)
    assert found is not None
    return Pool.unpacked(found)


def newest(connection: Connection, request: SearchRequest, said: Wording) -> Arm:
    """Where only filters are typed: the newest messages behind them."""
    given = {**said.parameters(request.workspace_id), "most": MOST}
    return Arm(
        "filter", EVERY_WEIGHT, [one.id for one in rows(connection, SQL["newest_matching"], given, _Id)]
    )


def plan_meaning(
    connection: Connection, request: SearchRequest, said: Wording, model: int, limits: Thresholds
) -> Plan:
    """Count as far as needed and choose the way through the vectors."""
    given = {**said.parameters(request.workspace_id), "model": model}
    vectors = number(connection, SQL["count_vectors"], {**given, "most": limits.workspace + 1})
    matching, ready = None, False
    if vectors > limits.workspace:
        if said.filtered:
            matching = number(connection, SQL["count_matching"], {**given, "most": limits.filtered + 1})
        found = connection.execute(SQL["index_ready"], given).fetchone()
        ready = found is not None and bool(found[0])
    return choose(Measured(vectors, matching, ready), limits, filtered=said.filtered)


def near(
    connection: Connection, given: Mapping[str, object], model: int, vector: Vector, plan: Plan
) -> list[Near]:
    """The nearest chunks behind the filters `given`, nearest first."""
    given = {
        **given,
        "model": model,
        "most": CHUNKS_PER_ARM,
        "vector": "[" + ",".join(f"{value:.5g}" for value in vector) + "]",
        "filtered": plan.filtered,
        "ef_search": plan.ef_search,
    }
    match plan.way:
        case "nothing":
            return []
        case "everything":
            return rows(connection, SQL["near_everything"], given, Near)
        case "matching":
            return rows(connection, SQL["near_matching"], given, Near)
        case "index":
            connection.execute(SQL["set_index_search"], given)
            found = rows(connection, SQL["near_index"], given, Near)
            connection.execute(SQL["unset_index_search"])
            return found


def nearest(found: Sequence[Near]) -> list[Near]:
    """Each message once, by its nearest chunk, nearest first; pure."""
    best: dict[UUID, Near] = {}
    for one in sorted(found, key=lambda one: (one.distance, one.chunk_id)):
        best.setdefault(one.message_id, one)
    return [one for one in best.values() if 1 - one.distance >= LEAST_SIMILARITY][:MOST]
