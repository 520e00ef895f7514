"""How well searching finds: nDCG@10 and recall@10 on the shared sets, by words, by meaning, and by both.

The pages are filed with the product's own statements and asked through the product's own search; near-duplicates
are not folded, because the judgements know both. The first
characters of a page get a vector, as the baselines of docs/search.md have it; words see the whole page.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import log2
from statistics import fmean, stdev
from time import perf_counter, process_time
from uuid import UUID

import numpy as np
import psutil
from psycopg import Connection

from bench.database import fresh_database, make_workspace
from bench.retrieval_sets import READ, Page, RetrievalSet, retrieval_folder, retrieval_sets
from bench.vectors import VECTORS, cached
from posthus.conversations.drafts import Draft, StoredEvent
from posthus.conversations.parsed import Address, Span
from posthus.conversations.saving import save_messages
from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.embedding.chunks import cut
from posthus.embedding.embed import fill
from posthus.embedding.encoder import Encoder
from posthus.embedding.halves import Placed, packed, signs
from posthus.embedding.local import LocalEncoder
from posthus.embedding.models import ensure_model
from posthus.jobs import EventId, LinkMessage, MessageId, SourceId, WorkspaceId
from posthus.search.fusion import Arm, fuse
from posthus.search.language import parse
from posthus.search.plan import Thresholds
from posthus.search.request import Meaning, Mode, SearchRequest, Vector
from posthus.search.search import search
from posthus.search.standing import AskedMeaning, stand
from posthus.search.steps import Steps
from posthus.search.vocabulary import learn_words

MODES: tuple[Mode, ...] = ("words", "meaning", "hybrid")
DEPTH = 10
TIMED = 100


@dataclass(frozen=True, slots=True)
class Filed:
    """A set in a workspace of its own: which page each message is, and the vectors of its questions."""

    workspace: WorkspaceId
    pages: Mapping[UUID, str]
    questions: Mapping[str, Vector]


def run() -> dict[str, object]:
    """Both measures per set and way, with the standard error of nDCG, and the median milliseconds of a search."""
    encoder = LocalEncoder(2)
    found: dict[str, object] = {}
    try:
        with fresh_database() as database:
            filed: dict[str, Filed] = {}
            for one in retrieval_sets(retrieval_folder()):
                filed[one.name] = file_set(database, one, encoder)
            with database.autocommit() as connection:
                connection.execute("analyze")
            for one in retrieval_sets(retrieval_folder()):
                found |= _measured(database, one, filed[one.name], encoder.model)
    finally:
        encoder.close()
    return found


def _measured(database: Database, one: RetrievalSet, filed: Filed, model: str) -> dict[str, object]:
    scores: dict[Mode, list[float]] = {mode: [] for mode in MODES}
    recalls: dict[Mode, list[float]] = {mode: [] for mode in MODES}
    for key, text in one.questions.items():
        for mode, ranked in _rankings(database, filed, text, model).items():
            scores[mode].append(ndcg(ranked, one.grades[key]))
            recalls[mode].append(recall(ranked, one.grades[key]))
    found: dict[str, object] = {
        f"{one.name}: pages": len(one.pages),
        f"{one.name}: questions": len(one.questions),
    }
    for mode in MODES:
        found[f"{one.name}, {mode}: nDCG@10"] = fmean(scores[mode])
        found[f"{one.name}, {mode}: standard error"] = stdev(scores[mode]) / len(scores[mode]) ** 0.5
        found[f"{one.name}, {mode}: recall@10"] = fmean(recalls[mode])
    return found | _timed(database, one, filed, model)


def _rankings(database: Database, filed: Filed, text: str, model: str) -> dict[Mode, list[str]]:
    """The first pages by words, by meaning and by both, from the arms of one search."""
    request = SearchRequest(filed.workspace, text)
    vector = filed.questions[parse(text).text]
    asked = AskedMeaning(Meaning(model, lambda _: vector), lambda: vector)
    with database.transaction() as connection:
        both = stand(connection, request, asked, Thresholds(), Steps()).arms()
        words = stand(connection, replace(request, mode="words"), None, Thresholds(), Steps()).arms()
    near = [arm for arm in both if arm.name == "meaning"]
    arms: dict[Mode, Sequence[Arm]] = {"words": words, "meaning": near, "hybrid": both}
    return {mode: [filed.pages[found.id] for found in fuse(arms[mode])[:DEPTH]] for mode in MODES}


def _timed(database: Database, one: RetrievalSet, filed: Filed, model: str) -> dict[str, object]:
    """What whole searches take, snippets included: the median, and processor time here and in Postgres."""
    asked = list(one.questions.values())[:: max(1, len(one.questions) // TIMED)][:TIMED]
    meaning = Meaning(model, lambda text: filed.questions[text])
    walls = []
    with database.autocommit() as connection:
        backend = connection.info.backend_pid

        @contextmanager
        def transaction() -> Iterator[Connection]:
            with connection.transaction():
                yield connection

        here, there = process_time(), _processor_seconds(backend)
        for text in asked:
            began = perf_counter()
            search(transaction, SearchRequest(filed.workspace, text, limit=DEPTH), meaning)
            walls.append((perf_counter() - began) * 1000)
        here, there = process_time() - here, _processor_seconds(backend) - there
    return {
        f"{one.name}: median ms of a search": float(np.median(walls)),
        f"{one.name}: of these, processor ms in Python": here / len(asked) * 1000,
        f"{one.name}: of these, processor ms in Postgres": there / len(asked) * 1000,
    }


def _processor_seconds(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def file_set(database: Database, one: RetrievalSet, encoder: Encoder) -> Filed:
    """Every page as a message, its words learnt, and its beginning with a vector."""
    vectors = cached(encoder, "passage", [beginning(page) for page in one.pages], VECTORS)
    asked = cached(encoder, "query", list(one.questions.values()), VECTORS)
    with database.transaction() as connection:
        workspace = make_workspace(connection, one.name)
        ids: dict[UUID, Page] = {new_event_id(): page for page in one.pages}
        _file(connection, workspace, ids, one.language)
        _give_vectors(connection, (workspace, ensure_model(connection, encoder)), ids, packed(vectors))
        learn_words(connection, [LinkMessage(workspace, SourceId(1), MessageId(key)) for key in ids])
    questions = dict(zip(one.questions.values(), asked, strict=True))
    return Filed(workspace, {key: page.key for key, page in ids.items()}, _as_asked(questions))


def beginning(page: Page) -> str:
    """The chunk of a page that gets a vector."""
    text = page.text[:READ]
    chunks = cut("", page.title, text, [("new", 0, len(text))])
    return chunks[0].text if chunks else page.title


def _as_asked(questions: Mapping[str, Vector]) -> Mapping[str, Vector]:
    """Also under the text that remains when marks and spaces of the query language are taken out."""
    return {**questions, **{parse(text).text: vector for text, vector in questions.items()}}


def _file(connection: Connection, workspace: WorkspaceId, ids: Mapping[UUID, Page], language: str) -> None:
    drafts = [_draft(workspace, MessageId(key), page, language) for key, page in ids.items()]
    for at in range(0, len(drafts), 500):
        save_messages(connection, workspace, drafts[at : at + 500], {})


def _draft(workspace: WorkspaceId, key: MessageId, page: Page, language: str) -> Draft:
    event = StoredEvent(
        id=EventId(key),
        workspace_id=workspace,
        source_id=SourceId(1),
        kind="mail",
        headers={},
        envelope={},
        codec=0,
        size=len(page.text),
        body=b"",
        source_kind="import",
        provider="generic",
        source_address=None,
        settings={},
        domains=[],
        language=language,
    )
    return Draft(
        id=key,
        event=event,
        position=0,
        channel="email",
        direction="in",
        message_id=page.key,
        subject=page.title,
        is_reply=False,
        sender=Address("", ""),
        to=(),
        cc=(),
        sent_at=event.received_at,
        text=page.text,
        spans=(Span("new", 0, len(page.text)),),
        language=language,
        references=(),
        person=None,
        own_references=0,
    )


def _give_vectors(
    connection: Connection, place: tuple[WorkspaceId, int], ids: Mapping[UUID, Page], vectors: Sequence[bytes]
) -> None:
    workspace, model = place
    placed = []
    for (key, page), vector in zip(ids.items(), vectors, strict=True):
        found = connection.execute(
            "insert into posthus.chunk (workspace_id, message_id, model_id, sent_at, source_id, position, content_hash,"
            " start_offset, end_offset, signs)"
            " select %s, id, %s, sent_at, source_id, 0, sha256(id::text::bytea), 0, %s, %s from posthus.message"
            " where id = %s returning id",
            (workspace, model, min(READ, len(page.text)), signs(vector), key),
        ).fetchone()
        assert found is not None
        placed.append(Placed(found[0], workspace, key, vector))
    fill(connection, placed, model)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain of the first `depth`, 0 to 1 (Jaervelin and Kekaelaeinen 2002)."""
    gained = sum(grades.get(key, 0) / log2(place + 2) for place, key in enumerate(ranked[:depth]))
    best = sum(
        grade / log2(place + 2) for place, grade in enumerate(sorted(grades.values(), reverse=True)[:depth])
    )
    return gained / best


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Of the pages that answer, at most `depth`, the share that is among the first `depth`."""
    return len(grades.keys() & set(ranked[:depth])) / min(depth, len(grades))
