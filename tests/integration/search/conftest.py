"""A workspace whose messages are filed the real way and get vectors from a model that anyone can follow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

import numpy as np
import pytest

from posthus.database.pool import Database, Identity
from posthus.embedding.embed import Embedding
from posthus.embedding.encoder import DIMENSIONS, Use, Vectors
from posthus.jobs import EmbedMessage, LinkMessage, MessageId
from posthus.search.request import Hit, Meaning, Mode, SearchRequest, SearchResult
from posthus.search.search import search
from posthus.search.vocabulary import learn_words
from tests.integration.api.conftest import furnish
from tests.integration.api.office import Office


class PlainEncoder:
    """Each word has a direction of its own, whole texts are the sum: alike when they share words."""

    model = "plain-1"
    dimensions = DIMENSIONS

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, DIMENSIONS)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.queries(texts)

    def take_use(self) -> Use:
        return Use()

    def close(self) -> None:
        pass

    def _vector(self, text: str) -> Vectors:
        total = np.zeros(DIMENSIONS, np.float32)
        for word in text.lower().split() or ["."]:
            seed = int.from_bytes(sha256(word[:5].encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
        shaped: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return shaped


@dataclass
class Desk:
    """An office whose messages are searched."""

    database: Database
    office: Office
    encoder: PlainEncoder = field(default_factory=PlainEncoder)

    @property
    def workspace(self) -> int:
        return self.office.house.id

    @property
    def identity(self) -> Identity:
        return Identity(member_id=self.office.house.members["agent"])

    @property
    def meaning(self) -> Meaning:
        return Meaning(self.encoder.model, lambda text: self.encoder.queries([text])[0])

    def put(self, subject: str, text: str = "Goddag", *, embed: bool = True, **more: str) -> UUID:
        """One mail from a new customer, all the way; answers its message's id."""
        (message,) = self.office.put(self.office.mail(subject, text, **more))
        self.learn(message)
        if embed:
            self.embed(message)
        return message

    def learn(self, *messages: UUID) -> None:
        jobs = [LinkMessage(self.office.house.id, self.office.source_id, MessageId(one)) for one in messages]
        with self.database.transaction() as connection:
            learn_words(connection, jobs)

    def embed(self, *messages: UUID) -> None:
        steps = Embedding(self.encoder)
        jobs = [EmbedMessage(self.office.house.id, self.office.source_id, MessageId(one)) for one in messages]
        with self.database.transaction() as connection:
            prepared = steps.prepare(connection, jobs)
        computed = steps.compute(prepared)
        with self.database.transaction() as connection:
            steps.apply(connection, jobs, computed)

    def ask(self, text: str, mode: Mode = "hybrid", **filters: object) -> SearchResult:
        request = SearchRequest(self.office.house.id, text, mode, **filters)  # type: ignore[arg-type]
        return search(lambda: self.database.transaction(self.identity), request, self.meaning)

    def found(self, text: str, mode: Mode = "words", **filters: object) -> list[str]:
        """The subjects of the hits, best first."""
        return [hit.subject for hit in self.ask(text, mode, **filters).hits]

    def hit(self, text: str, **filters: object) -> Hit:
        return self.ask(text, "hybrid", **filters).hits[0]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, Office(database, furnish(database, "Tagfirmaet")))


@pytest.fixture
def another_desk(database: Database) -> Callable[[], Desk]:
    return lambda: Desk(database, Office(database, furnish(database, "Naboen")))
