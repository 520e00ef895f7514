"""The models that the settings ask for, made when a process needs them."""

from collections.abc import Sequence
from contextlib import suppress
from threading import Lock
from time import monotonic

import psycopg

from posthus.app.settings import Settings
from posthus.database.pool import Database
from posthus.embedding.encoder import DIMENSIONS, Encoder, EncoderError
from posthus.embedding.generations import Asked, Generation, generations, serving
from posthus.embedding.local import LocalEncoder
from posthus.embedding.questions import Questions
from posthus.embedding.remote import Endpoint, RemoteEncoder
from posthus.operations.doctor import Finding
from posthus.search.request import Meaning
from posthus.search.reranking import Reranker

WORKER_IDLE_SECONDS = 120.0
QUESTION_IDLE_SECONDS = 600.0
SERVED_SECONDS = 5.0  # a model that was taken over from has its vectors for ten minutes more


def make_encoder(settings: Settings, idle_seconds: float = WORKER_IDLE_SECONDS) -> Encoder:
    """The local model in a child process of its own, or the endpoint that is set."""
    if settings.embedder == "local":
        return LocalEncoder(idle_seconds=idle_seconds)
    assert settings.embedder_model is not None  # read_settings insists on it
    endpoint = Endpoint(
        settings.embedder,
        settings.embedder_model,
        settings.embedder_key,
        settings.embedder_dimensions or DIMENSIONS,
    )
    return RemoteEncoder(endpoint)


class Shelf:
    """The encoders of one process: the one that is set, and others that are still in use, made when needed."""

    def __init__(self, settings: Settings, idle_seconds: float = WORKER_IDLE_SECONDS) -> None:
        self.encoder = make_encoder(settings, idle_seconds)
        self._settings = settings
        self._idle_seconds = idle_seconds
        self._others: dict[str, Encoder] = {}
        self._lock = Lock()

    @property
    def asked(self) -> Asked:
        """What the settings ask for."""
        remote = self._settings.embedder != "local"
        return Asked(
            self.encoder.model,
            self.encoder.dimensions,
            self._settings.embedder if remote else None,
            self._settings.embedder_model if remote else None,
        )

    def encoder_of(self, one: Generation) -> Encoder | None:
        """The encoder of a model in use; None for a local one of another version."""
        with self._lock:
            if one.name == self.encoder.model:
                return self.encoder
            if one.name not in self._others:
                made = self._made(one)
                if made.model != one.name:
                    return None
                self._others[one.name] = made
            return self._others[one.name]

    def close(self) -> None:
        """Let go of all of them."""
        with self._lock:
            every = [self.encoder, *self._others.values()]
        for one in every:
            one.close()

    def _made(self, one: Generation) -> Encoder:
        if one.address is None or one.asked_as is None:
            return LocalEncoder(idle_seconds=self._idle_seconds)
        same = one.address == self._settings.embedder
        key = self._settings.embedder_key if same else self._settings.embedder_old_key
        return RemoteEncoder(Endpoint(one.address, one.asked_as, key, one.dimensions))


class Served:
    """The model that questions are asked of: the one that serves, looked up every few seconds."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf
        self._meanings: dict[str, Meaning] = {}
        self._now: Meaning | None = None
        self._until = 0.0

    def __call__(self) -> Meaning | None:
        """The model now; the last known one while the database is away."""
        if monotonic() >= self._until:
            with suppress(psycopg.Error), self._database.transaction() as connection:
                self._now = self._looked_up(generations(connection))
            self._until = monotonic() + SERVED_SECONDS
        return self._now

    def _looked_up(self, known: Sequence[Generation]) -> Meaning | None:
        made = {one.name: encoder for one in known if (encoder := self._shelf.encoder_of(one)) is not None}
        name = serving(known, list(made))
        encoder = self._shelf.encoder if name is None and not known else made.get(name or "")
        if encoder is None:
            return None
        if encoder.model not in self._meanings:
            self._meanings[encoder.model] = meaning_of(encoder)
        return self._meanings[encoder.model]


def model_finding(settings: Settings) -> Finding:
    """For the doctor: whether the model answers as it is set; one on this machine is not started for that."""
    encoder = make_encoder(settings)
    if settings.embedder == "local":
        return Finding("model", "fine", f"{encoder.model}, on this machine")
    try:
        encoder.queries(["?"])
    except EncoderError as error:
        advice = "see POSTHUS_EMBEDDER in docs/hosting.md; words are found meanwhile, and messages wait"
        return Finding("model", "broken", str(error), advice)
    finally:
        encoder.close()
    return Finding("model", "fine", f"{encoder.model} answers {encoder.dimensions} numbers")


def make_reranker(settings: Settings) -> Reranker | None:
    """The endpoint that puts hits in order once more, if one is set."""
    if settings.reranker is None:
        return None
    assert settings.reranker_model is not None  # read_settings insists on it
    return Reranker(settings.reranker, settings.reranker_model, settings.reranker_key)


def meaning_of(encoder: Encoder) -> Meaning:
    """How a search makes a question's vector: once for the same text."""
    return Meaning(encoder.model, Questions(encoder))
