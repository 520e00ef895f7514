"""The arms of a search, each a ranking of messages: every word, any of the rarest words, and meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.search import words as wording
from posthus.search.fusion import Arm
from posthus.search.plan import Measured, Plan, Thresholds, after_too_few, by_index, choose, may_be_more
from posthus.search.pools import Packed, Pool
from posthus.search.request import SearchRequest, Vector
from posthus.search.wording import Wording
from posthus.search.words import Term

SQL = load(__file__)
MOST = 100
CANDIDATES = 2_000  # the newest so many messages that have the words are ranked
WALKED, SPARE_STEPS = 200_000, 2  # messages looked at to find them, and times more than expected
EVERY_WEIGHT, ANY_WEIGHT, MEANING_WEIGHT = 1.0, 0.6, 1.5
# From which rank on a hit deserves all of its weight, as a share of the sum of the words' weights: a word once in
# the subject gives 0.61 of its own weight, once in the text 0.12.
EVERY_ENOUGH, ANY_ENOUGH = 0.2, 0.45
LEAST_COVERAGE = 0.5
# Likeness (the cosine of centred vectors): answers have 0.2 to 0.7, less in another language; what has nothing in
# common about 0.
LIKENESS_ENOUGH = 0.55
COMPARED = 1_500  # in full, of those whose signs are most alike: they order the best nearly right
WALKED_FREELY = 20_000  # pgvector's own bound, never met without a filter

Name = Literal["every", "any"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an arm asks the index for, and by which words it ranks what has them, fitting fully from `enough` on."""

    name: Name
    weight: float
    enough: float
    query: str
    words: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A chunk near the question; the distance is 1 minus the cosine."""

    message_id: UUID
    chunk_id: int
    distance: float

    @property
    def likeness(self) -> float:
        """The cosine."""
        return 1 - self.distance

    @property
    def fits(self) -> float:
        """How much of a ranking's weight it deserves, 0 to 1."""
        return min(1.0, self.likeness / LIKENESS_ENOUGH)


@dataclass(frozen=True, slots=True)
class Model:
    """The model that a question's vector is of: its number, and how long its vectors are."""

    id: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class _Stands:
    any_vector: bool
    vectors_in_index: int


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def asked_of_words(said: Wording, *, alone: bool) -> tuple[Asked, ...]:
    """What to ask for by words; any of the words only where the index knows enough of them, or words are `alone`."""
    found = []
    every = wording.strict(said.pieces, said.terms)
    wanted = tuple(term for term in said.terms if not said.pieces[term.piece].negated)
    whole = sum(term.idf for term in wanted) or 1.0
    if every:
        found.append(Asked("every", EVERY_WEIGHT, EVERY_ENOUGH * whole, every, wanted))
    rare = wording.rarest(said.pieces, (*said.terms, *said.joined))
    if rare and (alone or wording.coverage(said.pieces, said.terms) >= LEAST_COVERAGE):
        query = wording.anything(_affordable(rare))
        found.append(Asked("any", ANY_WEIGHT, ANY_ENOUGH * whole, query, rare))
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
    if not all((term.piece, term.number) in said.common for term in asked.words):
        found = _pool(connection, "words_by_index", given)
        if len(found) <= CANDIDATES:
            return found
    given["most"] = CANDIDATES
    walked = _worth_walking(connection, given)
    if walked:
        found = _pool(connection, "words_from_newest", {**given, "walked": walked})
        if len(found) == CANDIDATES:
            return found
    return _pool(connection, "words_by_index_newest", given)


def _worth_walking(connection: Connection, given: Mapping[str, object]) -> int:
    """How far to walk back from the newest message for enough that have the words; 0 where reading all that have them is less."""
    asked = " & ".join(f"({one})" for one in (given["query"], given["required"]) if one)
    having = max(1, _expected(connection, "matching", {**given, "required": asked}))
    walked = CANDIDATES * _expected(connection, "matching", given) // having
    return min(WALKED, SPARE_STEPS * walked) if walked < having else 0


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
    """Look up as much as needed and choose the way through the vectors."""
    measured = _measured(connection, {**said.parameters(request.workspace_id), "model": model}, said, limits)
    return choose(measured, limits, filtered=said.filtered)


def _measured(
    connection: Connection, given: Mapping[str, object], said: Wording, limits: Thresholds
) -> Measured:
    stands = row(connection, SQL["any_vector"], given, _Stands)
    assert stands is not None
    measured = Measured(stands.any_vector, stands.vectors_in_index)
    if not said.filtered:
        return measured
    if not said.of_chunks:
        return replace(measured, expected=_expected(connection, "matching", given))
    if said.of_people:
        people = number(connection, SQL["count_people"], {**given, "most": limits.people + 1})
        return replace(measured, by="people", expected=people)
    return replace(measured, by="sent", expected=_expected(connection, "chunks_sent", given))


def _expected(connection: Connection, query: str, given: Mapping[str, object]) -> int:
    """How many rows the planner expects of a query: a millisecond, where counting takes fifty."""
    found = connection.execute(b"explain (format json) " + SQL[query], given).fetchone()
    assert found is not None
    return int(found[0][0]["Plan"]["Plan Rows"])


def find_near(
    connection: Connection,
    given: Mapping[str, object],
    asked: tuple[Model, Vector],
    plan: Plan,
    limits: Thresholds,
) -> tuple[list[Near], Plan]:
    """The nearest chunks behind the filters `given`, and the way that was taken in the end."""
    found = near(connection, given, asked, plan)
    if plan.way == "signs" and not found and _too_many(connection, given):
        plan = by_index(limits, plan.ef_search)  # the planner expected fewer
        found = near(connection, given, asked, plan)
    after = after_too_few(plan, len(found), limits)
    if after is None:
        return found, plan
    every = near(connection, given, asked, after)
    return (every, after) if every or not found else (found, may_be_more(plan, len(found)))


def _too_many(connection: Connection, given: Mapping[str, object]) -> bool:
    """Whether signs found nothing because the filter leaves too many, not because it leaves none."""
    return bool(connection.execute(SQL["matching"] + b" limit 1", given).fetchall())


def near(
    connection: Connection, given: Mapping[str, object], asked: tuple[Model, Vector], plan: Plan
) -> list[Near]:
    """The nearest chunks behind the filters `given`, nearest first."""
    model, vector = asked
    given = {
        **given,
        "model": model.id,
        "most": plan.most,
        "vector": "[" + ",".join(f"{value:.5g}" for value in vector) + "]",
        "filtered": plan.filtered,
        "looked_at": plan.looked_at,
        "compared": COMPARED,
    }
    match plan.way:
        case "nothing":
            return []
        case "everything" | "matching":
            return rows(connection, SQL[f"near_{plan.way}"], given, Near)
        case "people" | "sent":
            connection.execute(SQL["set_listed_search"])
            query = SQL[f"near_{plan.way}"]
        case "signs":
            connection.execute(SQL["set_signs_search"])
            query = SQL["near_signs"]
        case "index":
            walked = plan.looked_at or WALKED_FREELY
            connection.execute(SQL["set_index_search"], {"ef_search": plan.ef_search, "walked": walked})
            # An approximate index is of vectors of one length, which a parameter cannot be.
            query = SQL["near_index"].replace(b"(384)", b"(%d)" % model.dimensions)
        case _:
            assert_never(plan.way)
    found = rows(connection, query, given, Near)
    connection.execute(SQL["unset_search"])
    return found


def nearest(found: Sequence[Near]) -> list[Near]:
    """Each message once, by its nearest chunk, nearest first; pure."""
    best: dict[UUID, Near] = {}
    for one in sorted(found, key=lambda one: (one.distance, one.chunk_id)):
        best.setdefault(one.message_id, one)
    return [one for one in best.values() if one.likeness > 0][:MOST]
