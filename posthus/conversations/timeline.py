"""What happened in a conversation: messages, notes and what people did, in one order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus.conversations.notes import Note, find_notes
from posthus.conversations.reading import find_messages
from posthus.conversations.shown import Message, Named, Tag
from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import ConversationId, WorkspaceId

SQL = load(__file__, "timeline.sql")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the timeline: what a page continues after."""

    at: datetime
    kind: str  # message, note or activity
    key: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What somebody did; before and after hold the same fields, those that changed."""

    id: int
    at: datetime
    actor: str
    actor_name: str | None
    action: str
    before: dict[str, object]
    after: dict[str, object]
    undo_id: int | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing of the timeline."""

    place: Place
    what: Message | Note | Activity


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in activities are called."""

    members: Mapping[int, Named]
    tags: Mapping[int, Tag]
    columns: Mapping[int, Named]


@dataclass(frozen=True, slots=True)
class _Name:
    kind: Literal["member", "tag", "column"]
    id: int
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Which part of a timeline: at most `limit` after a place, oldest first, or before it, newest first."""

    limit: int
    after: Place | None = None
    backwards: bool = False


def timeline(
    connection: Connection, workspace_id: WorkspaceId, conversation_id: ConversationId, reach: Reach
) -> list[Happening]:
    """A part of what happened in a conversation."""
    after = reach.after
    which = {"workspace_id": workspace_id, "id": conversation_id}
    wanted = {
        "numbers": [number for (number,) in connection.execute(SQL["numbers_of"], which)],
        "workspace_id": workspace_id,
        "id": conversation_id,
        "at": after.at if after else None,
        "kind": after.kind if after else None,
        "key": after.key if after else None,
        "limit": reach.limit,
    }
    query = SQL["list_backwards" if reach.backwards else "list_forwards"]
    return _filled(connection, workspace_id, rows(connection, query, wanted, Place))


def _filled(connection: Connection, workspace_id: WorkspaceId, places: Sequence[Place]) -> list[Happening]:
    keys = {kind: [one.key for one in places if one.kind == kind] for kind in ("message", "note", "activity")}
    found: dict[tuple[str, str], Message | Note | Activity] = {}
    for message in find_messages(connection, workspace_id, [UUID(key) for key in keys["message"]]):
        found["message", str(message.id)] = message
    for note in find_notes(connection, workspace_id, [int(key) for key in keys["note"]]).values():
        found["note", str(note.id)] = note
    if keys["activity"]:
        wanted = {"workspace_id": workspace_id, "ids": [int(key) for key in keys["activity"]]}
        for activity in rows(connection, SQL["find_activities"], wanted, Activity):
            found["activity", str(activity.id)] = activity
    return [Happening(one, found[one.kind, one.key]) for one in places if (one.kind, one.key) in found]


def names_of(connection: Connection, workspace_id: WorkspaceId, happened: Sequence[Happening]) -> Names:
    """What everything is called that the activities among these name by number."""
    states = [
        state
        for one in happened
        if isinstance(one.what, Activity)
        for state in (one.what.before, one.what.after)
    ]
    tags = {tag for state in states for tag in _numbers(state.get("tag_ids"))}
    wanted = {
        "workspace_id": workspace_id,
        "members": [state["assignee_id"] for state in states if state.get("assignee_id")],
        "columns": [state["board_column_id"] for state in states if state.get("board_column_id")],
        "tags": list(tags),
    }
    found = rows(connection, SQL["names_of"], wanted, _Name) if states else []
    return Names(
        {one.id: Named(one.id, one.name) for one in found if one.kind == "member"},
        {one.id: Tag(one.id, one.name, one.color) for one in found if one.kind == "tag"},
        {one.id: Named(one.id, one.name) for one in found if one.kind == "column"},
    )


def _numbers(value: object) -> list[int]:
    return [int(str(one)) for one in value] if isinstance(value, list) else []
