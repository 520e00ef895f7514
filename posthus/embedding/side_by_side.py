"""The stage `embed` over the model that serves and the next one: new mail has vectors of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg import Connection

from posthus.embedding.embed import Embedded, Embedding, Prepared
from posthus.embedding.encoder import Encoder
from posthus.embedding.generations import Asked, Generation, generations, serving, settle
from posthus.jobs import EmbedMessage

Made = Callable[[Generation], Encoder | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One model's part of a batch: prepared, and then with its vectors."""

    steps: Embedding
    prepared: Prepared
    embedded: Embedded | None = None


class SideBySide:
    """The stage's three steps for every model that is in use; which those are is looked up for each batch.

    `other` makes the encoder of a model that is not the one asked for; where it cannot, the next model is searched
    from the beginning.
    """

    def __init__(self, asked: Asked, encoder: Encoder, other: Made) -> None:
        self._asked = asked
        self._encoder = encoder
        self._other = other
        self._settled = False

    def prepare(self, connection: Connection, jobs: Sequence[EmbedMessage]) -> list[Step]:
        """Read and cut the messages for each model."""
        if not self._settled:
            settle(connection, self._asked)
        known = generations(connection)
        made = {one.name: encoder for one in known if (encoder := self._made(one)) is not None}
        searched = serving(known, list(made))
        steps = []
        for one in known:
            if one.name not in made:
                continue
            marks = [*(["mark_indexed"] if one.name == searched else []), *_renewed(one)]
            embedding = Embedding(made[one.name], marks)
            steps.append(Step(embedding, embedding.prepare(connection, jobs)))
        return steps

    def compute(self, steps: Sequence[Step]) -> list[Step]:
        """Embed what is new to each model."""
        self._settled = True  # what was settled is committed by now
        return [Step(one.steps, one.prepared, one.steps.compute(one.prepared)) for one in steps]

    def apply(self, connection: Connection, jobs: Sequence[EmbedMessage], steps: Sequence[Step]) -> None:
        """Write chunks and vectors of each model."""
        for one in steps:
            assert one.embedded is not None
            one.steps.apply(connection, jobs, one.embedded)

    def _made(self, one: Generation) -> Encoder | None:
        return self._encoder if one.name == self._encoder.model else self._other(one)


def _renewed(one: Generation) -> list[str]:
    return ["mark_renewed"] if one.state == "next" else []
