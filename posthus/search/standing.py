"""How a search stands at a moment: what it asks for, the messages that have it, and the nearest chunks.

A later moment is reached by looking at what has come in between, with the same outcome as beginning anew.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from psycopg import Connection

from posthus import telemetry
from posthus.database.pool import row
from posthus.database.queries import load
from posthus.search.arms import (
    CANDIDATES,
    MEANING_WEIGHT,
    Asked,
    Model,
    Near,
    asked_of_words,
    find_near,
    near,
    nearest,
    newest,
    plan_meaning,
    pool,
    pool_of_arrived,
)
from posthus.search.fusion import Arm
from posthus.search.plan import Plan, Thresholds
from posthus.search.pools import Pool
from posthus.search.request import Meaning, SearchRequest, Vector
from posthus.search.steps import Steps
from posthus.search.still import Beside
from posthus.search.wording import Wording, understand

SQL = load(__file__)
MOST = 100
FAILED, UNUSED = "the model failed", "no vectors of this model yet"


@dataclass(frozen=True, slots=True)
class AskedMeaning:
    """The model, a way to wait for the question's vector, and perhaps to a second connection to look it up on."""

    meaning: Meaning
    vector: Callable[[], Vector]
    beside: Beside = nullcontext


@dataclass(frozen=True, slots=True)
class ByMeaning:
    """The nearest chunks, which way they were found, and of which model; without a plan there is no answer."""

    said: str
    plan: Plan | None = None
    model: Model | None = None
    vector: Vector | None = None
    chunks: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that a search's ranking follows from."""

    request: SearchRequest
    said: Wording
    asked: tuple[Asked, ...]
    pools: tuple[Pool, ...]
    newest: Arm | None
    meaning: ByMeaning

    def arms(self) -> list[Arm]:
        """The rankings to be fused."""
        found = []
        for asked, ranked in zip(self.asked, self.pools, strict=True):
            ids, ranks = ranked.best(MOST)
            found.append(
                Arm(asked.name, asked.weight, ids, [min(1.0, rank / asked.enough) for rank in ranks])
            )
        if self.newest is not None:
            found.append(self.newest)
        if self.meaning.plan is not None:
            close = nearest(self.meaning.chunks)
            ids = [one.message_id for one in close]
            found.append(Arm("meaning", MEANING_WEIGHT, ids, [one.fits for one in close]))
        return found

    @property
    def weight(self) -> int:
        """How much it holds, in messages."""
        return 50 + sum(len(pool) for pool in self.pools) + len(self.meaning.chunks)


def stand(
    connection: Connection,
    request: SearchRequest,
    meaning: AskedMeaning | None,
    limits: Thresholds,
    steps: Steps,
) -> Standing:
    """How the search stands now; words and meaning are looked up at once where a second connection is free."""
    with steps.time("understand"):
        said = understand(connection, request)
    asked: tuple[Asked, ...] = ()
    if request.mode != "meaning":
        asked = asked_of_words(said, alone=request.mode == "words" or meaning is None)
    by_meaning = partial(_by_meaning, said=said, asked=(request, meaning), limits=limits, steps=steps)
    with ExitStack() as held:
        waiting = None
        if meaning is not None and asked and said.question.text:
            other = held.enter_context(meaning.beside())
            if other is not None:
                side = held.enter_context(ThreadPoolExecutor(1, "meaning"))
                waiting = side.submit(by_meaning, other)
        pools = _pools(connection, said, (request, asked), steps)
        near_ones = by_meaning(connection) if waiting is None else waiting.result()
    only_filters = not said.pieces and said.filtered
    return Standing(
        request=request,
        said=said,
        asked=asked,
        pools=pools,
        newest=newest(connection, request, said) if only_filters else None,
        meaning=near_ones,
    )


def _pools(
    connection: Connection, said: Wording, what: tuple[SearchRequest, tuple[Asked, ...]], steps: Steps
) -> tuple[Pool, ...]:
    request, asked = what
    pools = []
    for one in asked:
        with steps.time(one.name) as found:
            pools.append(pool(connection, request, said, one))
            found(len(pools[-1]))
    return tuple(pools)


def brought_up_to_date(
    connection: Connection, before: Standing, arrived: Sequence[UUID], steps: Steps
) -> Standing | None:
    """How the same search stands now that these messages came, or changed their place; None to begin anew."""
    request = before.request
    with steps.time("understand"):
        said = understand(connection, request)
    alone = request.mode == "words" or before.meaning.plan is None
    asked = asked_of_words(said, alone=alone) if request.mode != "meaning" else ()
    if not _same(before, said, asked) or (arrived and before.newest is not None):
        return None
    if not arrived:
        return replace(before, said=said, asked=asked)
    with steps.time("arrived") as count:
        count(len(arrived))
        pools = []
        for one, old in zip(asked, before.pools, strict=True):
            came = pool_of_arrived(connection, request, said, one, arrived)
            now = old.with_newer(arrived, came, CANDIDATES)
            if len(old) >= CANDIDATES > len(now):
                return None
            pools.append(now)
        meaning = _nearer(connection, before, said, arrived)
    return (
        None
        if meaning is None
        else replace(before, said=said, asked=asked, pools=tuple(pools), meaning=meaning)
    )


def _same(before: Standing, said: Wording, asked: tuple[Asked, ...]) -> bool:
    """Whether the old ranks still hold: the same is asked, behind the same filters, with the same weights."""
    old = before.said
    narrowed = (old.narrowing, old.required, old.refused) == (said.narrowing, said.required, said.refused)
    return narrowed and [_essence(one) for one in before.asked] == [_essence(one) for one in asked]


def _essence(asked: Asked) -> tuple[object, ...]:
    return asked.name, asked.query, asked.enough, tuple((term.query, term.idf) for term in asked.words)


def _nearer(
    connection: Connection, before: Standing, said: Wording, arrived: Sequence[UUID]
) -> ByMeaning | None:
    old = before.meaning
    if old.plan is None or old.model is None or old.vector is None:
        return old if before.request.mode == "words" else None
    given = said.parameters(before.request.workspace_id, arrived)
    most = old.plan.most
    among = Plan("matching", old.plan.said, filtered=True, most=most)
    came = near(connection, given, (old.model, old.vector), among)
    gone = frozenset(arrived)
    stayed = [one for one in old.chunks if one.message_id not in gone]
    every = sorted([*stayed, *came], key=lambda one: (one.distance, one.chunk_id))[:most]
    if len(old.chunks) >= most > len(every) or old.plan.way == "nothing":
        return None
    return replace(old, chunks=tuple(every))


def _by_meaning(
    connection: Connection,
    said: Wording,
    asked: tuple[SearchRequest, AskedMeaning | None],
    limits: Thresholds,
    steps: Steps,
) -> ByMeaning:
    request, meaning = asked
    if request.mode == "words":
        return ByMeaning("not asked for")
    if not said.question.text:
        return ByMeaning("nothing to look for but filters")
    if meaning is None:
        return ByMeaning("no model")
    model = row(connection, SQL["model_number"], {"model": meaning.meaning.model}, Model)
    if model is None:
        return ByMeaning(UNUSED)
    with steps.time("plan"):
        plan = plan_meaning(connection, request, said, model.id, limits)
    with steps.time("question"):
        try:
            vector = meaning.vector()
        except Exception as error:  # noqa: BLE001 - a model may fail in any way; words still answer
            telemetry.log("question_not_encoded", reason=type(error).__name__)
            return ByMeaning(FAILED)
    with steps.time("meaning") as found:
        given = said.parameters(request.workspace_id)
        chunks, plan = find_near(connection, given, (model, vector), plan, limits)
        found(len(chunks))
    return ByMeaning(plan.said, plan, model, vector, tuple(chunks))
