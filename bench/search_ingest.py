"""Writing into an index that is there: chunks a second, and how long a new message waits for its vector at half load."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import perf_counter
from uuid import UUID

import numpy as np

from bench.many_chunks import Filled
from posthus.app.stages import make_stages
from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.embedding.embed import BATCH, Embedding
from posthus.embedding.encoder import DIMENSIONS, Encoder, Use, Vectors
from posthus.jobs import EmbedMessage, MessageId
from posthus.queue.log import put
from posthus.queue.short import ensure_cursors
from posthus.queue.worker import Worker

MESSAGES, EMBEDDED, SECONDS = 2_000, 60, 20.0
TEXT = "Goddag, vi har et spørgsmål til sag {number}: hvornår kan I levere, og hvad koster fragten til os?"
SAY = """
insert into posthus.message (id, workspace_id, event_id, source_id, channel, direction, subject, sent_at, received_at,
  body_text, spans, words)
select n.id, %(workspace)s, n.id, %(source)s, 'email', 'in', '', now(), now(), n.text,
  jsonb_build_array(jsonb_build_array('new', 0, length(n.text))), ''
from unnest(%(ids)s::uuid[], %(texts)s::text[]) as n(id, text)
"""


class _Given:
    """An encoder that costs nothing, so that only the writing is timed."""

    dimensions = DIMENSIONS

    def __init__(self, model: str) -> None:
        self.model = model
        self._random = np.random.default_rng(5)

    def passages(self, texts: Sequence[str]) -> Vectors:
        raw = self._random.standard_normal((len(texts), DIMENSIONS)).astype(np.float32)
        shaped: Vectors = raw / np.linalg.norm(raw, axis=1, keepdims=True)
        return shaped

    queries = passages

    def take_use(self) -> Use:
        """Nothing is paid for."""
        return Use()

    def close(self) -> None:
        """Nothing is held."""


def ingested(database: Database, filled: Filled, encoder: Encoder) -> dict[str, object]:
    """Chunks a second with the index present, embedding excluded and included, and the wait at half of that."""
    excluded = _rate(database, filled, _Given(encoder.model), MESSAGES)
    included = _rate(database, filled, encoder, EMBEDDED)
    waits = _waits(database, filled, encoder, included / 2)
    return {
        "chunks written a second, index present, embedding excluded": excluded,
        "chunks written a second, index present, embedding included": included,
        "at half load, from filed to found by meaning: p50 s": float(np.percentile(waits, 50)),
        "at half load, from filed to found by meaning: p95 s": float(np.percentile(waits, 95)),
        "at half load: messages": len(waits),
    }


def _rate(database: Database, filled: Filled, encoder: Encoder, count: int) -> float:
    ids = _say(database, filled, count)
    steps = Embedding(encoder)
    began = perf_counter()
    for at in range(0, count, BATCH):
        jobs = [_job(filled, one) for one in ids[at : at + BATCH]]
        with database.transaction() as connection:
            prepared = steps.prepare(connection, jobs)
        embedded = steps.compute(prepared)
        with database.transaction() as connection:
            steps.apply(connection, jobs, embedded)
    return count / (perf_counter() - began)


def _waits(database: Database, filled: Filled, encoder: Encoder, rate: float) -> list[float]:
    """Messages come evenly for some seconds while a worker embeds them; the wait is told by the database's clock."""
    (stage,) = [stage for stage in make_stages(encoder) if stage.name == "embed"]
    ensure_cursors(database, stage)
    worker, stop = Worker(database, [stage]), Event()
    ids: list[UUID] = []
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(worker.run, stop)
        began = perf_counter()
        while (passed := perf_counter() - began) < SECONDS:
            ids += _say(database, filled, 1)
            with database.transaction() as connection:
                put(connection, [_job(filled, ids[-1])])
            stop.wait(max(0.0, len(ids) / rate - passed))
        query = (
            "select extract(epoch from i.at - m.filed_at)::float8 from posthus.message_indexed i"
            " join posthus.message m on m.id = i.message_id where m.id = any (%s)"
        )
        found: list[float] = []
        while len(found) < len(ids):
            stop.wait(0.2)
            with database.transaction() as connection:
                found = [float(one) for (one,) in connection.execute(query, (ids,))]
        stop.set()
        running.result()
    return found


def _say(database: Database, filled: Filled, count: int) -> list[UUID]:
    ids: list[UUID] = [new_event_id() for _ in range(count)]
    texts = [TEXT.format(number=one.hex[-8:]) for one in ids]
    given = {"workspace": filled.workspace, "source": filled.sources[0], "ids": ids, "texts": texts}
    with database.transaction() as connection:
        connection.execute(SAY.encode(), given)
    return ids


def _job(filled: Filled, message: UUID) -> EmbedMessage:
    return EmbedMessage(filled.workspace, filled.sources[0], MessageId(message))
