"""Everything of one contact as a zip (GDPR, articles 15 and 20): facts as JSON, files and originals as they came."""

from dataclasses import dataclass
from io import BytesIO
from re import sub
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from psycopg import Connection

from posthus.conversations import originals
from posthus.conversations.doer import Doer
from posthus.conversations.errands import Errand, NewErrand, Progress, add_errand
from posthus.conversations.reading import attachments_of
from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import MessageId, WorkspaceId
from posthus.originals.objects import NO_OBJECTS, Objects

SQL = load(__file__, "exporting.sql")
# Beyond this, files and originals are named but not packed: the zip is made in memory.
LARGEST = 300_000_000


@dataclass(frozen=True, slots=True)
class ErrandFile:
    """What an errand made, to be saved."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Desk:
    connection: Connection
    workspace_id: WorkspaceId
    objects: Objects


@dataclass(frozen=True, slots=True)
class _Message:
    id: UUID
    event_id: UUID
    conversation_id: int | None
    facts: dict[str, object]


def order_export(connection: Connection, doer: Doer, contact_id: int) -> Errand:
    """Write down that everything of a contact is to be packed."""
    return add_errand(connection, doer, NewErrand("export", {"contact_id": contact_id}, total=1))


def go_on_exporting(connection: Connection, errand: Errand, objects: Objects = NO_OBJECTS) -> Progress:
    """Pack everything of a contact; who is not there any more gives an empty file."""
    contact_id = int(str(errand.request["contact_id"]))
    body, messages = _pack(_Desk(connection, errand.workspace_id, objects), contact_id)
    kept = {
        "errand_id": errand.id,
        "workspace_id": errand.workspace_id,
        "name": f"contact-{contact_id}.zip",
        "body": body,
    }
    connection.execute(SQL["keep_file"], kept)
    result = {"messages": messages, "bytes": len(body)}
    return Progress(position=1, done=1, changed=0, finished=True, result=result)


def find_file(connection: Connection, workspace_id: WorkspaceId, errand_id: int) -> ErrandFile | None:
    """What an errand made; None if there is nothing (any more)."""
    which = {"workspace_id": workspace_id, "errand_id": errand_id}
    return row(connection, SQL["find_file"], which, ErrandFile)


def _pack(desk: _Desk, contact_id: int) -> tuple[bytes, int]:
    connection = desk.connection
    which = {"workspace_id": desk.workspace_id, "id": contact_id}
    packed = BytesIO()
    messages = rows(connection, SQL["contact_messages"], which, _Message)
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, query in (
            ("contact.json", "contact_facts"),
            ("conversations.json", "contact_conversations"),
        ):
            found = connection.execute(SQL[query], which).fetchone()
            archive.writestr(name, _json(found[0] if found else None))
        archive.writestr("messages.json", _json([one.facts for one in messages]))
        left_out = [
            name for one in messages for name in _add_files(desk, one, archive, room=LARGEST - packed.tell())
        ]
        if left_out:
            archive.writestr("left-out.json", _json(left_out))
    return packed.getvalue(), len(messages)


def _add_files(desk: _Desk, message: _Message, archive: ZipFile, *, room: int) -> list[str]:
    """Pack a message's original and files; the names of those that found no room."""
    left_out = []
    number = MessageId(message.id)
    place = (desk.connection, desk.workspace_id)
    contents = [(f"originals/{message.id}", originals.raw_event(*place, number, desk.objects))]
    for one in attachments_of(*place, [message.id]):
        safe = sub(r"[^\w .()-]+", "_", one.name).strip(" .")[:80] or "file"
        found = originals.attachment(*place, one.id, desk.objects)
        contents.append((f"files/{message.id}/{one.id} {safe}", found))
    for name, content in contents:
        if content is None:
            continue
        if len(content.content) > room:
            left_out.append(name)
            continue
        suffix = ".eml" if content.content_type == "message/rfc822" else ""
        archive.writestr(name + suffix, content.content)
        room -= len(content.content)
    return left_out


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
