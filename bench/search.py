"""Search by meaning among many vectors: recall and time behind every filter, beside pgvector as it comes and libraries.

The libraries answer in this process without filters, durability or rows; they show what the vectors themselves allow.
Processor time is the backend's own, told by the kernel; walls are of one client unless said otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean
from threading import Event
from time import perf_counter

import numpy as np

from bench.database import fresh_database
from bench.many_chunks import Filled, Filling
from bench.search_bare import beside_bare, filtered_bare
from bench.search_beside import beside_libraries, beside_pgvector
from bench.search_ingest import ingested
from bench.search_processor import processor
from posthus.cache.feed import Feed
from posthus.database.pool import Database
from posthus.embedding.encoder import Vectors
from posthus.embedding.index import standings, tend
from posthus.embedding.local import LocalEncoder
from posthus.search import arms
from posthus.search.arms import Model
from posthus.search.plan import Plan, Thresholds
from posthus.search.remembered import OpenStill, RememberedSearches
from posthus.search.request import Meaning, SearchRequest
from posthus.search.still import Still, standing_still
from posthus.search.wording import understand

QUESTIONS, FEW_QUESTIONS = 60, 15  # comparing everything takes long where there is much
BESIDE = 200_000  # beyond so many chunks, only Posthus itself is measured
COMPANY_SHARE = 0.01
AGES = (0.5, 0.1, 0.01, 0.001)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filled workspace, the model's number, and questions with their vectors."""

    filled: Filled
    model: Model
    questions: Sequence[str]
    vectors: Vectors


def run(size: int = 100_000) -> dict[str, object]:
    """Everything at one size; recall@10 is against comparing all that the filter leaves."""
    encoder = LocalEncoder(1)
    try:
        with fresh_database() as database:
            asked, found = _filled(database, encoder, size)
            for name, filters in _filters(database, asked).items():
                found |= _measured(database, asked, name, filters)
            found |= _whole_searches(database, asked, encoder.model)
            found |= _throughput(database, asked)
            found |= _bare(database, asked, found["no filter: recall@10"])
            if size <= BESIDE:
                found |= filtered_bare(database, asked.filled.workspace, asked.model, asked.vectors)
                found |= beside_pgvector(database, asked.filled.workspace, asked.vectors)
                found |= beside_libraries(database, asked.filled.workspace, asked.vectors)
            found |= ingested(database, asked.filled, encoder)
    finally:
        encoder.close()
    return found


def _filled(database: Database, encoder: LocalEncoder, size: int) -> tuple[Asked, dict[str, object]]:
    filling = Filling(database, encoder)
    filled = filling.fill("Stor", int(size * 0.9))
    for name, share in (("Mellem", 0.08), ("Lille", 0.02)):
        filling.fill(name, int(size * share))
    with database.autocommit() as connection:
        connection.execute("vacuum analyze")
    began = perf_counter()
    tend(database, Event(), at_least=min(50_000, size // 2))
    seconds = perf_counter() - began
    with database.transaction() as connection:
        indexes = standings(connection, size // 2)
    count = QUESTIONS if size <= BESIDE else FEW_QUESTIONS
    help_pages = filling.topics["help-da"]
    asked = Asked(filled, Model(filling.model, 384), help_pages.questions[:count], help_pages.asked[:count])
    return asked, {
        "chunks": size,
        "of these in the workspace searched": filled.chunks,
        "vectors copied a second, no index yet": size / filling.seconds,
        "index built in seconds": seconds,
        "index, bytes a vector": fmean(one.bytes / one.vectors for one in indexes),
    }


def _filters(database: Database, asked: Asked) -> Mapping[str, Mapping[str, object]]:
    filled = asked.filled
    with database.transaction() as connection:
        sizes = connection.execute(
            "select k.company_id, count(*) from posthus.chunk c join posthus.contact k on k.id = c.contact_id"
            " where c.workspace_id = %s group by 1",
            (filled.workspace,),
        ).fetchall()
    wanted = COMPANY_SHARE * filled.chunks
    company = min(sizes, key=lambda one: abs(int(one[1]) - wanted))[0]
    whole = timedelta(minutes=2 * filled.chunks)
    ages = {f"newest {100 * share:g} %": {"since": datetime.now(UTC) - share * whole} for share in AGES}
    return {
        "no filter": {},
        **ages,
        "a source of 10 %": {"source": filled.sources[2]},
        "with a file, 20 %": {"files": True},
        "a company of 1 %": {"company": company},
        "the company unlike the rest, 5 %": {"company": filled.unlike},
    }


def _measured(
    database: Database, asked: Asked, name: str, filters: Mapping[str, object]
) -> dict[str, object]:
    limits, ways = Thresholds(), set()
    recalls, walls = [], []
    with database.transaction() as connection:
        request = SearchRequest(asked.filled.workspace, "", "meaning", **filters)  # type: ignore[arg-type]
        said = understand(connection, request)
        given = said.parameters(request.workspace_id)
        way = "matching" if said.filtered else "everything"
        every = Plan(way, "", filtered=said.filtered, most=10)  # type: ignore[arg-type]
        used = processor(connection)
        spent = 0.0
        for vector in asked.vectors:
            truth = {one.chunk_id for one in arms.near(connection, given, (asked.model, vector), every)}
            before, began = used(), perf_counter()
            plan = arms.plan_meaning(connection, request, said, asked.model.id, limits)
            near, plan = arms.find_near(connection, given, (asked.model, vector), plan, limits)
            walls.append((perf_counter() - began) * 1000)
            spent += used() - before
            ways.add(plan.way)
            recalls.append(len(truth & {one.chunk_id for one in near[:10]}) / max(1, len(truth)))
    return {
        f"{name}: way": ", ".join(sorted(ways)),
        f"{name}: recall@10": fmean(recalls),
        f"{name}: processor ms": spent / len(asked.vectors) * 1000,
        f"{name}: p50 ms": float(np.percentile(walls, 50)),
        f"{name}: p99 ms": float(np.percentile(walls, 99)),
    }


def _bare(database: Database, asked: Asked, recall: object) -> dict[str, object]:
    """Against the same truth, on the same index, and the product's time beside it in the same moments."""
    workspace = asked.filled.workspace
    with database.transaction() as connection:
        said = understand(connection, SearchRequest(workspace, "", "meaning"))
        every = Plan("everything", "", most=10)
        given = said.parameters(workspace)
        truths = [
            {one.chunk_id for one in arms.near(connection, given, (asked.model, vector), every)}
            for vector in asked.vectors
        ]
        return beside_bare(connection, workspace, asked.model, (asked.vectors, truths), float(str(recall)))


def _whole_searches(database: Database, asked: Asked, model: str) -> dict[str, object]:
    """Words, meaning, fusion, snippets and names; the question's vector is there already, no answer is remembered.

    Words and meaning one after the other and at once, in turn for each question.
    """
    vectors = dict(zip(asked.questions, asked.vectors, strict=True))
    feed = Feed(database)

    @contextmanager
    def alone() -> Iterator[Still]:
        with standing_still(database) as still:
            yield still._replace(beside=nullcontext)

    ways: Mapping[str, OpenStill] = {
        "one after the other": alone,
        "at once": lambda: standing_still(database),
    }
    walls: dict[str, list[float]] = {name: [] for name in ways}
    with database.transaction(), database.transaction():
        pass  # two connections are there
    for turn in range(2 * len(asked.questions)):
        text = asked.questions[turn % len(asked.questions)]
        meaning = Meaning(model, lambda _, vector=vectors[text]: vector)  # type: ignore[misc]
        request = SearchRequest(asked.filled.workspace, text, limit=10)
        for name, still in sorted(ways.items(), reverse=turn % 2 == 0):
            began = perf_counter()
            RememberedSearches(feed).search(still, request, meaning)
            walls[name].append((perf_counter() - began) * 1000)
    feed.close()
    return {
        f"a whole search, words and meaning {name}: p{share} ms": float(np.percentile(taken, share))
        for name, taken in walls.items()
        for share in (50, 99)
    }


def _throughput(database: Database, asked: Asked, seconds: float = 5.0) -> dict[str, object]:
    """Searches by vector without a filter, by one client and by two at once."""

    def keep_asking() -> int:
        count, until = 0, perf_counter() + seconds
        request = SearchRequest(asked.filled.workspace, "", "meaning")
        with database.transaction() as connection:
            said = understand(connection, request)
            given = said.parameters(request.workspace_id)
            while perf_counter() < until:
                vector = asked.vectors[count % len(asked.vectors)]
                plan = arms.plan_meaning(connection, request, said, asked.model.id, Thresholds())
                arms.find_near(connection, given, (asked.model, vector), plan, Thresholds())
                count += 1
        return count

    found: dict[str, object] = {}
    for clients in (1, 2):
        with ThreadPoolExecutor(clients) as pool:
            done = sum(one.result() for one in [pool.submit(keep_asking) for _ in range(clients)])
        found[f"no filter: searches a second, clients: {clients}"] = done / seconds
    return found
