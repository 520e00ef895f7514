"""Reading events back: what a person looks at, mends, and runs through again."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import row
from posthus.database.queries import load
from posthus.jobs import EventId, FileEvent, SourceId, WorkspaceId
from posthus.originals.objects import NO_OBJECTS, Objects
from posthus.originals.opening import Stored, open_original
from posthus.originals.packing import Packer

SQL = load(__file__, "originals.sql")


@dataclass(frozen=True, slots=True)
class Original:
    """An event's payload and the headers it came with; `amended` when a person has mended it."""

    headers: Mapping[str, str]
    body: bytes
    amended: bool


@dataclass(frozen=True, slots=True)
class _Stored:
    workspace_id: int
    source_id: int
    kind: str
    headers: dict[str, str]
    digest: bytes
    codec: int
    size: int
    body: bytes
    amended: bool


def original(
    connection: Connection, workspace_id: WorkspaceId, event_id: EventId, objects: Objects = NO_OBJECTS
) -> Original | None:
    """The event as filing reads it; raises OriginalDamagedError or ObjectsAwayError."""
    keys = {"workspace_id": workspace_id, "event_id": event_id}
    found = row(connection, SQL["original"], keys, _Stored)
    if found is None:
        return None
    body = open_original(connection, Stored(workspace_id, found.codec, bytes(found.body)), objects)
    return Original(found.headers, body, found.amended)


def amend(connection: Connection, workspace_id: WorkspaceId, event_id: EventId, body: bytes) -> None:
    """Have `body` read from now on; the event itself stays as it came."""
    packed = Packer().pack(body)
    row_of = {"codec": packed.codec, "size": len(body), "body": packed.body}
    connection.execute(SQL["amend"], {"event_id": event_id, "workspace_id": workspace_id, **row_of})


def file_jobs(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId | None, after: UUID, limit: int
) -> list[FileEvent]:
    """The next events to file again, in the order they were received."""
    keys = {"workspace_id": workspace_id, "source_id": source_id, "after": after, "limit": limit}
    found = connection.execute(SQL["events_since"], keys)
    return [FileEvent(workspace_id, SourceId(source), EventId(event_id)) for event_id, source in found]
