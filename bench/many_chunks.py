"""Chunks for the benchmark of search: real text and its real vectors, multiplied with the spread of real ones.

A fifth of the new vectors lie between two real ones of a topic, as a text about both would; the others are these,
moved by the difference of two more. Fewer copies of each real text than that, and an approximate index is lost among
them, which real mail does not do to it. Each topic is a set of its own (help pages, questions of
programmers, questions to a bank), so that a company that writes of one topic only is unlike all others.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter, time_ns
from uuid import UUID

import numpy as np
import orjson
from psycopg import Connection

from bench.retrieval_sets import RetrievalSet, retrieval_folder, retrieval_sets
from bench.vectors import VECTORS, cached
from posthus.api.members import ensure_workspace
from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.embedding.embed import fill
from posthus.embedding.encoder import Encoder, Vectors
from posthus.embedding.halves import Placed, packed, signs
from posthus.embedding.models import ensure_model
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import CompanyId, SourceId, WorkspaceId

SQL = load(__file__, "many_chunks.sql")

CHARACTERS = 160  # of a text, for its vector and as what a message says
QUESTIONS = 100  # of each topic
COPIES, MOVED = 5, 0.6
PIECE, JITTER = 10_000, 500
UNLIKE = "banking77"  # what one company writes of
SHARES = {UNLIKE: 0.05, "stackfaq": 0.15, "help-da": 0.80}

Written = list[tuple[str, int, bytes]]  # topic, number of the text, packed vector


@dataclass(frozen=True, slots=True)
class Topic:
    """Texts about one thing with their vectors, and questions about it with theirs."""

    name: str
    texts: Sequence[str]
    vectors: Vectors
    questions: Sequence[str]
    asked: Vectors


def topics(encoder: Encoder) -> Mapping[str, Topic]:
    """The topics of the shared sets; the model's vectors are kept on disk."""
    sets = {one.name: one for one in retrieval_sets(retrieval_folder())}
    return {name: _topic(encoder, sets[name]) for name in SHARES}


def _topic(encoder: Encoder, one: RetrievalSet) -> Topic:
    texts = [f"{page.title} {page.text}".strip()[:CHARACTERS] for page in one.pages]
    questions = list(one.questions.values())[:QUESTIONS]
    return Topic(
        one.name,
        texts,
        cached(encoder, "passage", texts, VECTORS),
        questions,
        cached(encoder, "query", questions, VECTORS),
    )


def multiplied(topic: Topic, count: int, pieces: int, random: np.random.Generator) -> Iterator[Written]:
    """`count` vectors of a topic in so many pieces, with the number of the text that each began as."""
    first, second = random.integers(0, len(topic.texts), (2, max(1, count // COPIES)))
    share = random.uniform(0.5, 1.0, (len(first), 1)).astype(np.float32)
    between = _unit(share * topic.vectors[first] + (1 - share) * topic.vectors[second])
    for piece in range(pieces):
        size = count * (piece + 1) // pieces - count * piece // pieces
        chosen, one, other = random.integers(0, len(first), (3, size))
        far = random.uniform(0.2, 1.0, (size, 1)).astype(np.float32) * MOVED
        made = _unit(between[chosen] + far * (between[one] - between[other]))
        yield [
            (topic.name, text, vector)
            for text, vector in zip(first[chosen].tolist(), packed(made), strict=True)
        ]


def _unit(raw: Vectors) -> Vectors:
    shaped: Vectors = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
    return shaped


@dataclass(frozen=True, slots=True)
class _Place:
    """Where chunks go: the workspace, its sources, the contacts of the company unlike the rest, and the others."""

    workspace: WorkspaceId
    sources: Sequence[SourceId]
    unlike: Sequence[int]
    others: Sequence[int]
    chunks: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A workspace with many chunks: its sources, and the company whose mail is unlike the rest."""

    workspace: WorkspaceId
    sources: tuple[SourceId, ...]
    unlike: CompanyId
    companies: Mapping[int, int]
    chunks: int


class Filling:
    """Fills one database, workspace by workspace; chunks are numbered throughout, as time goes."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        self.topics = topics(encoder)
        self._random = np.random.default_rng(7)
        self._database = database
        self._last = 0
        self._moment = time_ns() // 1_000_000
        with database.transaction() as connection:
            self.model = ensure_model(connection, encoder)
        self.seconds = 0.0

    def fill(self, name: str, chunks: int) -> Filled:
        """A workspace of so many chunks: a twentieth from one company about a topic of its own."""
        contacts, companies = max(100, chunks // 50), max(20, chunks // 2_000)
        with self._database.transaction() as connection:
            workspace, _ = ensure_workspace(connection, name, [])
            addresses = [f"{name}-{number}@example.dk".lower() for number in range(3)]
            sources = [
                add_source(connection, NewSource(workspace, "smtp", one, address=one)).id for one in addresses
            ]
            people = {"workspace": workspace, "companies": companies, "contacts": contacts}
            found = connection.execute(SQL["add_people"], people).fetchall()
        numbers = sorted(int(contact) for contact, _ in found)
        first = dict(found)[numbers[0]]
        place = _Place(workspace, sources, numbers[: contacts // 20], numbers[contacts // 20 :], chunks)
        with self._database.autocommit() as connection:
            self._texts(connection)
            pieces = -(-chunks // PIECE)
            written = [
                multiplied(self.topics[topic], int(share * chunks), pieces, self._random)
                for topic, share in SHARES.items()
            ]
            for at, piece in enumerate(zip(*written, strict=True)):
                self._stretch(connection, place, [one for part in piece for one in part], at * PIECE)
            connection.execute(SQL["next_chunk"], {"last": self._last})
        sizes = Counter(int(company) for _, company in found)
        return Filled(workspace, tuple(sources), CompanyId(first), sizes, chunks)

    def _texts(self, connection: Connection) -> None:
        texts = [
            {"topic": topic.name, "number": number, "text": text.replace("\0", " ")}
            for topic in self.topics.values()
            for number, text in enumerate(topic.texts)
        ]
        connection.execute(SQL["make_texts"], {"texts": orjson.dumps(texts).decode()})

    def _stretch(self, connection: Connection, place: _Place, written: Written, before: int) -> None:
        """Messages of all topics, newer than the `before` messages so far as mail is: nearly in order."""
        self._random.shuffle(written)
        count, first = len(written), self._last + 1
        self._last += count
        ages = place.chunks - before - np.arange(count) + self._random.integers(0, JITTER, count)
        unlike = self._random.choice(np.array(place.unlike), count).tolist()
        others = self._random.choice(np.array(place.others), count).tolist()
        sources = self._random.choice(3, count, p=[0.7, 0.2, 0.1]).tolist()
        messages = [
            {
                "chunk": first + at,
                "id": str(self._id(first + at)),
                "contact": (unlike if topic == UNLIKE else others)[at],
                "source": place.sources[sources[at]],
                "text": text,
                "topic": topic,
                "age": int(ages[at]),
                "signs": signs(vector),
            }
            for at, (topic, text, vector) in enumerate(written)
        ]
        placed = [
            Placed(first + at, place.workspace, self._id(first + at), vector)
            for at, (_, _, vector) in enumerate(written)
        ]
        self._write(connection, place.workspace, messages, placed)

    def _write(
        self,
        connection: Connection,
        workspace: WorkspaceId,
        messages: Sequence[Mapping[str, object]],
        placed: Sequence[Placed],
    ) -> None:
        given = {"workspace": workspace, "model": self.model, "messages": orjson.dumps(messages).decode()}
        with connection.transaction():
            connection.execute("set local session_replication_role = replica")  # nobody is to be told
            connection.execute(SQL["add_messages"], given)
            began = perf_counter()
            fill(connection, placed, self.model)
            self.seconds += perf_counter() - began

    def _id(self, number: int) -> UUID:
        return UUID(int=((self._moment + number) << 80) | (7 << 76) | (2 << 62) | number)
