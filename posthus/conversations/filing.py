"""The story of the product: an event is read, its people are found, its messages are saved and sent on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson
from psycopg import Connection
from psycopg.rows import class_row

from posthus.conversations.drafts import Draft, StoredEvent
from posthus.conversations.resolve import resolve_people
from posthus.conversations.saving import save_messages
from posthus.conversations.understanding import understand
from posthus.database.queries import load
from posthus.jobs import ContactId, EventId, FileEvent, LinkMessage, MessageId, WorkspaceId
from posthus.originals.objects import NO_OBJECTS, Objects, ObjectsAwayError
from posthus.originals.opening import Stored, open_originals
from posthus.originals.packing import PLAIN
from posthus.queue.log import put
from posthus.queue.stages import Away

SQL = load(__file__, "filing.sql")
PORTION_BYTES = 64 * 1024 * 1024


class EventMissingError(Exception):
    """An event to be filed is not in the table; its number is the message."""


class FilesAwayError(Away):
    """The object store with files of these events is away. That is for replays: what has just come needs no store."""


def file_events(connection: Connection, jobs: Sequence[FileEvent], objects: Objects = NO_OBJECTS) -> None:
    """Read the events, find whose they are, save their messages, and ask for them to be linked.

    The number of statements does not grow with the batch. Running it twice changes nothing, and a replay
    overwrites what was read but neither numbers nor conversations. Raises FilesAwayError.
    """
    lanes = {job.event_id: job.lane for job in jobs}
    filed: list[LinkMessage] = []
    for event_ids in _portions(connection, [job.event_id for job in jobs]):
        drafts = [draft for event in _load(connection, event_ids, objects) for draft in understand(event)]
        for workspace_id in sorted({draft.event.workspace_id for draft in drafts}):
            own = [draft for draft in drafts if draft.event.workspace_id == workspace_id]
            gone = save_messages(connection, workspace_id, own, _whose(connection, workspace_id, own))
            filed += [
                LinkMessage(workspace_id, one.source_id, message_id, lanes[one.id])
                for message_id, one in gone
            ]
        filed += [
            LinkMessage(one.event.workspace_id, one.event.source_id, one.id, lanes[one.event.id])
            for one in drafts
        ]
    put(connection, filed)


def _whose(
    connection: Connection, workspace_id: WorkspaceId, drafts: Sequence[Draft]
) -> dict[MessageId, ContactId]:
    people = {draft.id: draft.person for draft in drafts if draft.person is not None}
    contacts = resolve_people(connection, workspace_id, list(people.values()))
    return dict(zip(people, contacts, strict=True))


def _portions(connection: Connection, event_ids: Sequence[EventId]) -> Iterator[list[EventId]]:
    """The batch in pieces that fit into memory: nearly always one."""
    sizes: dict[EventId, int] = dict(connection.execute(SQL["event_sizes"], _events(event_ids)).fetchall())
    missing = next((event_id for event_id in event_ids if event_id not in sizes), None)
    if missing is not None:
        raise EventMissingError(str(missing))
    portion: list[EventId] = []
    weight = 0
    for event_id, size in sizes.items():
        if portion and weight + size > PORTION_BYTES:
            yield portion
            portion, weight = [], 0
        portion.append(event_id)
        weight += size
    if portion:
        yield portion


def _load(connection: Connection, event_ids: Sequence[EventId], objects: Objects) -> list[StoredEvent]:
    with connection.cursor(binary=True, row_factory=class_row(StoredEvent)) as cursor:
        events = cursor.execute(SQL["load_events"], _events(event_ids)).fetchall()
    stored = [Stored(event.workspace_id, event.codec, event.body) for event in events]
    try:
        opened = open_originals(connection, stored, objects)
    except ObjectsAwayError as error:
        raise FilesAwayError(str(error)) from error
    return [replace(event, codec=PLAIN, body=body) for event, body in zip(events, opened, strict=True)]


def _events(event_ids: Sequence[EventId]) -> dict[str, object]:
    return {"events": orjson.dumps([{"id": event_id} for event_id in event_ids]).decode()}
