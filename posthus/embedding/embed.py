"""The long stage `embed` in its three steps: read and cut, compute without a connection, write."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus import telemetry
from posthus.database.pool import Parameters, rows
from posthus.database.queries import load
from posthus.embedding.chunks import Chunk, SpanRow, cut
from posthus.embedding.encoder import Encoder, EncoderError
from posthus.embedding.halves import Placed, copied, packed, signs
from posthus.embedding.models import ensure_model
from posthus.jobs import EmbedMessage

SQL = load(__file__)
# A command, not a query: Postgres cannot prepare it.
COPY = (
    b"copy posthus.chunk_vector (chunk_id, workspace_id, message_id, model_id, v) from stdin (format binary)"
)
BATCH = 8  # two chunks a second and core: a batch stays well below its lease
LEASE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is read to be embedded."""

    id: UUID
    workspace_id: int
    source_id: int
    subject: str
    body_text: str
    spans: list[SpanRow]


@dataclass(frozen=True, slots=True)
class KnownVector:
    """A vector that another chunk of the same text already has, see `halves`."""

    content_hash: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class _Unfilled:
    """A chunk that has no vector yet."""

    chunk_id: int
    workspace_id: int
    message_id: UUID
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a batch's messages are cut into, and which vectors exist already."""

    texts: Sequence[Text]
    chunks: Mapping[UUID, tuple[Chunk, ...]]
    known: Mapping[bytes, bytes]

    @property
    def unknown(self) -> Mapping[bytes, str]:
        """The texts still to embed, each once, by their hash."""
        every = {chunk.content_hash: chunk.text for cuts in self.chunks.values() for chunk in cuts}
        return {key: text for key, text in every.items() if key not in self.known}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A prepared batch with a vector for each of its texts."""

    prepared: Prepared
    vectors: Mapping[bytes, bytes]


class Embedding:
    """The stage's three steps over one encoder; `apply` may run again for the same messages."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def prepare(self, connection: Connection, jobs: Sequence[EmbedMessage]) -> Prepared:
        """Read the messages, cut them, and look up which of their texts have a vector in the workspace."""
        texts = rows(connection, SQL["texts"], {"messages": [job.message_id for job in jobs]}, Text)
        chunks = {
            text.id: cut(self.encoder.model, text.subject, text.body_text, text.spans) for text in texts
        }
        hashes: dict[int, list[bytes]] = defaultdict(list)
        for text in texts:
            hashes[text.workspace_id] += [chunk.content_hash for chunk in chunks[text.id]]
        known: dict[bytes, bytes] = {}
        for workspace, wanted in hashes.items():
            asked = {"workspace": workspace, "hashes": wanted}
            for found in rows(connection, SQL["known_vectors"], asked, KnownVector):
                known[found.content_hash] = found.vector
        return Prepared(texts, chunks, known)

    def compute(self, prepared: Prepared) -> Embedded:
        """Embed the texts that are new; raises EncoderError, after which the messages are tried again."""
        unknown = prepared.unknown
        vectors = self.encoder.passages(list(unknown.values()))
        if len(vectors) != len(unknown):
            raise EncoderError(f"{self.encoder.model} gave {len(vectors)} vectors for {len(unknown)} texts")
        written = dict(zip(unknown, packed(vectors), strict=True))
        return Embedded(prepared, {**prepared.known, **written})

    def apply(self, connection: Connection, jobs: Sequence[EmbedMessage], embedded: Embedded) -> None:
        """Write chunks and vectors; what has not changed since an earlier run is left untouched."""
        texts, chunks = embedded.prepared.texts, embedded.prepared.chunks
        model = ensure_model(connection, self.encoder)
        given = {
            "model": model,
            "messages": [job.message_id for job in jobs],  # the chunks of those that are gone go
            "chunks": Jsonb(
                [_chunk_row(text, chunk, embedded.vectors) for text in texts for chunk in chunks[text.id]]
            ),
            "indexed": Jsonb([_indexed_row(text, len(chunks[text.id])) for text in texts]),
        }
        for step in ("move_chunks", "drop_vanished_chunks", "add_chunks"):
            connection.execute(SQL[step], given)
        self._fill(connection, given, model, embedded.vectors)
        connection.execute(SQL["mark_indexed"], given)
        if len(texts) < len(jobs):
            connection.execute(SQL["forget_gone"], given)
        telemetry.log("messages_indexed", messages=len(texts), gone=len(jobs) - len(texts))

    def _fill(
        self, connection: Connection, given: Parameters, model: int, vectors: Mapping[bytes, bytes]
    ) -> None:
        """Give every chunk of the batch its vector; the chunks are held, so that nobody else does."""
        unfilled = rows(connection, SQL["chunks_to_fill"], given, _Unfilled)
        missing = [one.chunk_id for one in unfilled if one.content_hash not in vectors]
        if missing:
            raise EncoderError(f"{len(missing)} chunks were left without a vector of {self.encoder.model}")
        placed = [
            Placed(one.chunk_id, one.workspace_id, one.message_id, vectors[one.content_hash])
            for one in unfilled
        ]
        fill(connection, placed, model)


def fill(connection: Connection, placed: Sequence[Placed], model: int) -> None:
    """Write vectors the quick way; raises psycopg's UniqueViolation for a chunk that has one."""
    if placed:
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write(copied(placed, model))


def _chunk_row(text: Text, chunk: Chunk, vectors: Mapping[bytes, bytes]) -> dict[str, object]:
    return {
        "workspace_id": text.workspace_id,
        "message_id": str(text.id),
        "position": chunk.position,
        "content_hash": chunk.content_hash.hex(),
        "start_offset": chunk.start,
        "end_offset": chunk.end,
        "signs": signs(vectors[chunk.content_hash]),
    }


def _indexed_row(text: Text, chunks: int) -> dict[str, object]:
    return {
        "message_id": str(text.id),
        "workspace_id": text.workspace_id,
        "source_id": text.source_id,
        "chunks": chunks,
    }
