"""One search from the question to the hits: words and meaning side by side, fused, shown with why."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import number
from posthus.database.queries import load
from posthus.search import words as wording
from posthus.search.arms import nearest
from posthus.search.folding import folded
from posthus.search.fusion import Fused, fuse
from posthus.search.language import parse, written
from posthus.search.plan import Thresholds
from posthus.search.request import MOST_HITS, Hit, Meaning, Mode, SearchError, SearchRequest, SearchResult
from posthus.search.showing import Shown, people, show
from posthus.search.standing import AskedMeaning, Standing, stand
from posthus.search.steps import Steps

SQL = load(__file__)
SPARE = 10  # looked at beside the hits asked for, to stand in for those that are folded away

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with what it follows from, and the messages it shows, to be shown again."""

    result: SearchResult
    standing: Standing
    fused: tuple[Fused, ...]
    shown: Mapping[UUID, Shown]


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
    steps = Steps()
    with asking(request, meaning) as asked, open_transaction() as connection:
        found = answer(connection, stand(connection, request, asked, limits or Thresholds(), steps), steps)
    return replace(found.result, milliseconds=steps.milliseconds)


@contextmanager
def asking(request: SearchRequest, meaning: Meaning | None) -> Iterator[AskedMeaning | None]:
    """The model with a way to wait for the question's vector, which is made meanwhile.

    Raises SearchError for a limit outside 1 to 100.
    """
    if not 1 <= request.limit <= MOST_HITS:
        raise SearchError(f"a search answers 1 to {MOST_HITS} hits, not {request.limit}")
    text = "" if meaning is None or request.mode == "words" else parse(request.text).text
    if meaning is None or not text:
        yield None
        return
    with ThreadPoolExecutor(1, "question") as side:
        made = side.submit(meaning.encode, text)
        yield AskedMeaning(meaning, made.result)


def answer(
    connection: Connection, standing: Standing, steps: Steps, known: Mapping[UUID, Shown] | None = None
) -> Answered:
    """The hits that a standing search shows; messages already `known` are not read again."""
    request, said = standing.request, standing.said
    arms = standing.arms()
    fused = fuse(arms)[: request.limit + SPARE]
    chunks = {one.message_id: one.chunk_id for one in nearest(standing.meaning.chunks)}
    lexemes = wording.lexemes(said.pieces, (*said.terms, *said.joined))
    with steps.time("show"):
        new = [one for one in fused if one.id not in (known or {})]
        shown = {**(known or {}), **show(connection, request, new, chunks, lexemes)}
        hits = _folded([(one, shown[one.id]) for one in fused if one.id in shown])[: request.limit]
    with steps.time("people"):
        contacts, companies = people(connection, request, said.question.text)
    waiting = number(connection, SQL["not_yet_indexed"], {"workspace": request.workspace_id})
    result = SearchResult(
        hits=tuple(hits),
        contacts=contacts,
        companies=companies,
        words=written(replace(said.question, filters=())),
        chips=said.narrowing.chips,
        mode=_mode(request.mode, standing),
        plan=_plan(standing),
        milliseconds=steps.milliseconds,
        not_yet_indexed=waiting,
    )
    kept = {one.id: shown[one.id] for one in fused if one.id in shown}
    return Answered(result, standing, tuple(fused), kept)


def _folded(found: list[tuple[Fused, Shown]]) -> list[Hit]:
    grouped = folded([((one, shown), shown.sketch) for one, shown in found])
    return [
        replace(
            shown.hit,
            score=one.score,
            why=shown.why(one.places),
            alike=tuple(other.alike for _, other in alike),
        )
        for (one, shown), alike in grouped
    ]


def _plan(standing: Standing) -> str:
    request, meaning = standing.request, standing.meaning
    if request.mode == "meaning":
        words = "not asked for"
    elif standing.newest is not None:
        words = f"{len(standing.newest.ids)} messages behind the filters"
    else:
        words = f"{max((len(pool) for pool in standing.pools), default=0)} messages"
    said = meaning.said
    if meaning.plan is not None and len(meaning.chunks) < request.limit:
        said = f"{said}, {len(nearest(meaning.chunks))} messages"
    return f"words: {words}; meaning: {said}"


def _mode(asked: Mode, standing: Standing) -> Mode:
    match asked:
        case "words" | "meaning":
            return asked
        case "hybrid":
            return "hybrid" if standing.meaning.plan is not None else "words"
        case _:
            assert_never(asked)
