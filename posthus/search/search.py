"""One search from the question to the hits: words and meaning side by side, fused, shown with why."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import perf_counter
from typing import assert_never
from uuid import UUID

from psycopg import Connection

from posthus import telemetry
from posthus.database.pool import number, row
from posthus.database.queries import load
from posthus.search import words as wording
from posthus.search.arms import Wording, meaning_arm, near, plan_meaning, understand, word_arms
from posthus.search.fusion import Arm, fuse
from posthus.search.plan import Thresholds
from posthus.search.request import (
    MOST_HITS,
    Meaning,
    Mode,
    SearchError,
    SearchRequest,
    SearchResult,
    Vector,
)
from posthus.search.showing import people, show

SQL = load(__file__)

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class _Model:
    id: int


@dataclass(frozen=True, slots=True)
class _Answered:
    """What the meaning arm gave: its ranking, the chunks that answered, and which way was gone."""

    said: str
    arm: Arm | None = None
    chunks: Mapping[UUID, int] = field(default_factory=dict)


def search(
    open_transaction: OpenTransaction,
    request: SearchRequest,
    meaning: Meaning | None,
    limits: Thresholds | None = None,
) -> SearchResult:
    """Answer a request within one transaction; the question's vector is made while words are looked up.

    Without a model, or when it fails, a hybrid search answers by words and a search by meaning is empty; `plan`
    says so. Raises SearchError for a limit outside 1 to 100.
    """
    if not 1 <= request.limit <= MOST_HITS:
        raise SearchError(f"a search answers 1 to {MOST_HITS} hits, not {request.limit}")
    started = perf_counter()
    with ThreadPoolExecutor(1, "question") as side:
        question = _asked(side, request, meaning)
        with open_transaction() as connection:
            said = understand(connection, request)
            arms = [] if request.mode == "meaning" else word_arms(connection, request, said)
            answered = _by_meaning(connection, request, (meaning, question), limits or Thresholds())
            result = _result(connection, request, (said, arms, answered))
    return SearchResult(
        hits=result.hits,
        contacts=result.contacts,
        companies=result.companies,
        mode=_mode(request.mode, answered),
        plan=result.plan,
        milliseconds=(perf_counter() - started) * 1000,
        not_yet_indexed=result.not_yet_indexed,
    )


def _asked(
    side: ThreadPoolExecutor, request: SearchRequest, meaning: Meaning | None
) -> Future[Vector] | None:
    if meaning is None or request.mode == "words" or not request.text.strip():
        return None
    return side.submit(meaning.encode, request.text.strip())


def _by_meaning(
    connection: Connection,
    request: SearchRequest,
    asked: tuple[Meaning | None, Future[Vector] | None],
    limits: Thresholds,
) -> _Answered:
    meaning, question = asked
    if request.mode == "words":
        return _Answered("not asked for")
    if meaning is None or question is None:
        return _Answered("no model")
    model = row(connection, SQL["model_number"], {"model": meaning.model}, _Model)
    if model is None:
        return _Answered("no vectors of this model yet")
    plan = plan_meaning(connection, request, model.id, limits)
    try:
        vector = question.result()
    except Exception as error:  # noqa: BLE001 - a model may fail in any way; words still answer
        telemetry.log("question_not_encoded", reason=type(error).__name__)
        return _Answered("the model failed")
    arm, chunks = meaning_arm(near(connection, request, model.id, vector, plan))
    said = plan.said if len(arm.ids) >= request.limit else f"{plan.said}, {len(arm.ids)} messages"
    return _Answered(said, arm, chunks)


def _result(
    connection: Connection, request: SearchRequest, found: tuple[Wording, list[Arm], _Answered]
) -> SearchResult:
    said, arms, answered = found
    fused = fuse(arms if answered.arm is None else [*arms, answered.arm])[: request.limit]
    lexemes = wording.lexemes(said.pieces, said.terms)
    hits = show(connection, request, fused, answered.chunks, lexemes)
    contacts, companies = people(connection, request)
    waiting = number(connection, SQL["not_yet_indexed"], {"workspace": request.workspace_id})
    counted = f"{len({one for arm in arms for one in arm.ids})} messages"
    words_said = "not asked for" if request.mode == "meaning" else counted
    plan = f"words: {words_said}; meaning: {answered.said}"
    return SearchResult(hits, contacts, companies, request.mode, plan, 0.0, waiting)


def _mode(asked: Mode, answered: _Answered) -> Mode:
    match asked:
        case "words" | "meaning":
            return asked
        case "hybrid":
            return "hybrid" if answered.arm is not None else "words"
        case _:
            assert_never(asked)
