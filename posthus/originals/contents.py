"""Contents of files, each once in a workspace, and which originals need them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from logging import ERROR
from uuid import UUID

import orjson
import zstandard
from psycopg import Connection

from posthus.database.queries import load
from posthus.jobs import WorkspaceId
from posthus.originals.objects import ObjectMissingError, Objects
from posthus.originals.packing import PLAIN, ZSTD, unpack
from posthus.telemetry import log

SQL = load(__file__, "contents.sql")
WORTH_COMPRESSING = 512


@dataclass(frozen=True, slots=True)
class Need:
    """An original that is not whole without a content."""

    workspace_id: WorkspaceId
    event_id: UUID
    digest: bytes


def put_contents(connection: Connection, workspace_id: WorkspaceId, contents: Mapping[bytes, bytes]) -> None:
    """Keep contents by their sha256 and hold them until the transaction ends, so that nobody drops them meanwhile.

    They are in the database then, also what had been moved out: who files what has just come needs no object store.
    """
    missing = _not_held(connection, workspace_id, sorted(contents))
    while missing:
        _save(connection, workspace_id, {digest: contents[digest] for digest in missing})
        missing = _not_held(connection, workspace_id, missing)


def read_contents(
    connection: Connection, workspace_id: WorkspaceId, digests: Collection[bytes], objects: Objects
) -> dict[bytes, bytes]:
    """Those of the contents that are there, wherever they lie; raises ObjectsAwayError."""
    parameters = {"workspace_id": workspace_id, "contents": sorted(digests)}
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(SQL["read_contents"], parameters).fetchall()
    contents: dict[bytes, bytes] = {}
    for digest, codec, body, name in found:
        content = unpack(codec, body) if name is None else fetch(objects, name, codec, digest)
        if content is not None:
            contents[digest] = content
    return contents


def fetch(objects: Objects, name: str, codec: int, digest: bytes) -> bytes | None:
    """A content that was moved out; None if the store has lost or changed it."""
    try:
        content = unpack(codec, objects.read(name))
    except (ObjectMissingError, zstandard.ZstdError) as error:
        log("object_lost", level=ERROR, object=name, reason=type(error).__name__)
        return None
    if sha256(content).digest() != digest:
        log("object_lost", level=ERROR, object=name, reason="its bytes are others")
        return None
    return content


def need_contents(connection: Connection, needs: Sequence[Need]) -> None:
    """Remember which originals need which contents; those must be held (see `put_contents`)."""
    rows = [
        {"workspace_id": one.workspace_id, "event_id": one.event_id, "digest": one.digest.hex()}
        for one in needs
    ]
    connection.execute(SQL["need_contents"], {"needs": orjson.dumps(rows).decode()})


def forget_originals(
    connection: Connection, workspace_id: WorkspaceId, event_ids: Collection[UUID]
) -> list[bytes]:
    """The originals are gone; answers the contents that they needed, which `drop_contents` may take."""
    parameters = {"workspace_id": workspace_id, "events": list(event_ids)}
    return [digest for (digest,) in connection.execute(SQL["forget_originals"], parameters)]


def drop_contents(connection: Connection, workspace_id: WorkspaceId, digests: Collection[bytes]) -> None:
    """Drop those of the contents that no file of a message and no original needs any more."""
    if digests:
        parameters = {"workspace_id": workspace_id, "contents": sorted(set(digests))}
        connection.execute(SQL["drop_contents"], parameters)


def _not_held(connection: Connection, workspace_id: WorkspaceId, digests: Sequence[bytes]) -> list[bytes]:
    """Those that are not there; the others are held."""
    parameters = {"workspace_id": workspace_id, "contents": digests}
    held = {digest for (digest,) in connection.execute(SQL["hold_contents"], parameters)}
    return [digest for digest in digests if digest not in held]


def _save(connection: Connection, workspace_id: WorkspaceId, contents: Mapping[bytes, bytes]) -> None:
    packed = {digest: pack_content(content) for digest, content in contents.items()}
    connection.execute(
        SQL["save_contents"],
        {
            "workspace_id": workspace_id,
            "contents": list(packed),
            "codecs": [codec for codec, _ in packed.values()],
            "sizes": [len(contents[digest]) for digest in packed],
            "bodies": [body for _, body in packed.values()],
        },
    )


def pack_content(content: bytes) -> tuple[int, bytes]:
    """Codec and bytes: zstd where it saves a tenth, as it came otherwise."""
    if len(content) >= WORTH_COMPRESSING:
        packed = zstandard.ZstdCompressor(level=3).compress(content)
        if len(packed) < len(content) * 0.9:
            return ZSTD, packed
    return PLAIN, content
