"""The arms of a search, each a ranking of messages: every word, any of the rarest words, and meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.search import words as wording
from posthus.search.fusion import Arm
from posthus.search.plan import CHUNKS_PER_ARM, Measured, Plan, Thresholds, choose
from posthus.search.request import SearchRequest, Vector
from posthus.search.words import COMMON_SHARE, COUNTED, Piece, Term, Token

SQL = load(__file__)
MOST = 100
STRICT_WEIGHT, ANY_WEIGHT, MEANING_WEIGHT = 0.7, 0.5, 1.0
LEAST_COVERAGE = 0.5
LEAST_SIMILARITY = 0.0


@dataclass(frozen=True, slots=True)
class Wording:
    """A query taken apart: its pieces, and its words with their weights in this workspace."""

    pieces: tuple[Piece, ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A chunk near the question; the distance is 1 minus the cosine."""

    message_id: UUID
    chunk_id: int
    distance: float


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


@dataclass(frozen=True, slots=True)
class _Common:
    word: str
    share: float


@dataclass(frozen=True, slots=True)
class _Count:
    piece: int
    number: int
    messages: int


def understand(connection: Connection, request: SearchRequest) -> Wording:
    """Take the query apart and weigh its words by how rare they are in the workspace."""
    parts = wording.pieces(request.text)
    asked = {"pieces": Jsonb([part.text for part in parts])}
    terms = wording.terms(rows(connection, SQL["tokens"], asked, Token))
    if not terms:
        return Wording(parts, ())
    forms = [lexeme for term in terms for lexeme in term.lexemes]
    common = {
        found.word
        for found in rows(connection, SQL["common_words"], {"lexemes": forms, "share": COMMON_SHARE}, _Common)
    }
    rare = [term for term in terms if common.isdisjoint(term.lexemes)]
    counts = {(term.piece, term.number): COUNTED for term in terms}
    given = {
        "workspace": request.workspace_id,
        "most": COUNTED,
        "words": Jsonb([{"piece": one.piece, "number": one.number, "query": one.query} for one in rare]),
    }
    for found in rows(connection, SQL["count_words"], given, _Count):
        counts[found.piece, found.number] = found.messages
    total = number(
        connection, SQL["count_messages"], {"workspace": request.workspace_id, "most": 10 * COUNTED}
    )
    return Wording(parts, wording.weighed(terms, counts, total))


def word_arms(connection: Connection, request: SearchRequest, said: Wording) -> list[Arm]:
    """The rankings by words; the one of any word is dropped where the index hardly knows the query's words."""
    arms = []
    every = wording.strict(said.pieces, said.terms)
    given = {**request.parameters(), "most": MOST}
    if every:
        found = rows(connection, SQL["strict_words"], {**given, "query": every}, _Id)
        arms.append(Arm("words", STRICT_WEIGHT, [one.id for one in found]))
    rare = wording.rarest(said.pieces, said.terms)
    known = wording.coverage(said.pieces, said.terms) >= LEAST_COVERAGE
    if rare and (known or request.mode == "words"):
        weights = Jsonb([{"query": term.query, "idf": term.idf} for term in rare])
        asked = {**given, "query": wording.anything(rare), "words": weights}
        arms.append(
            Arm("words", ANY_WEIGHT, [one.id for one in rows(connection, SQL["any_words"], asked, _Id)])
        )
    return arms


def plan_meaning(connection: Connection, request: SearchRequest, model: int, limits: Thresholds) -> Plan:
    """Count as far as needed and choose the way through the vectors."""
    given = {**request.parameters(), "model": model}
    vectors = number(connection, SQL["count_vectors"], {**given, "most": limits.workspace + 1})
    matching, ready = None, False
    if vectors > limits.workspace:
        if request.filtered:
            matching = number(connection, SQL["count_matching"], {**given, "most": limits.filtered + 1})
        found = connection.execute(SQL["index_ready"], given).fetchone()
        ready = found is not None and bool(found[0])
    return choose(Measured(vectors, matching, ready), limits, filtered=request.filtered)


def near(
    connection: Connection, request: SearchRequest, model: int, vector: Vector, plan: Plan
) -> list[Near]:
    """The nearest chunks, nearest first, each message once with its nearest."""
    given: dict[str, object] = {
        **request.parameters(),
        "model": model,
        "most": CHUNKS_PER_ARM,
        "vector": "[" + ",".join(f"{value:.5g}" for value in vector) + "]",
        "filtered": request.filtered,
        "ef_search": plan.ef_search,
    }
    match plan.way:
        case "nothing":
            return []
        case "everything":
            found = rows(connection, SQL["near_everything"], given, Near)
        case "matching":
            found = rows(connection, SQL["near_matching"], given, Near)
        case "index":
            connection.execute(SQL["set_index_search"], given)
            found = rows(connection, SQL["near_index"], given, Near)
            connection.execute(SQL["unset_index_search"])
    return nearest(found)


def nearest(found: Sequence[Near]) -> list[Near]:
    """Each message once, by its nearest chunk, nearest first; pure."""
    best: dict[UUID, Near] = {}
    for one in sorted(found, key=lambda one: one.distance):
        best.setdefault(one.message_id, one)
    return [one for one in best.values() if 1 - one.distance >= LEAST_SIMILARITY][:MOST]


def meaning_arm(found: Sequence[Near]) -> tuple[Arm, Mapping[UUID, int]]:
    """The ranking by meaning, and which chunk of each message answered."""
    chunks = {one.message_id: one.chunk_id for one in found}
    return Arm("meaning", MEANING_WEIGHT, list(chunks)), chunks
