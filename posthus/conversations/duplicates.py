"""Who may be the same as somebody, and what was said with a contact or company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus.conversations.doer import Doer
from posthus.conversations.editing import PersonKind
from posthus.conversations.notes import About, Note, NotePlace, list_notes
from posthus.conversations.shown import Channel
from posthus.conversations.timeline import Place
from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "duplicates.sql")


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody who may be the same, and why; score from 0 to 1."""

    id: int
    name: str
    address: str
    why: list[str]
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """Some that have one name."""

    name: str
    members: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Said:
    """A message in the timeline of a contact or company."""

    id: UUID
    conversation_id: int
    subject: str
    snippet: str
    from_name: str
    from_address: str
    direction: Literal["in", "out"]
    channel: Channel
    at: datetime


def alike(connection: Connection, workspace_id: WorkspaceId, kind: PersonKind, person_id: int) -> list[Alike]:
    """At most 20 that may be the same, the likeliest first."""
    wanted = {"workspace_id": workspace_id, "id": person_id}
    return rows(connection, SQL[f"like_{kind}"], wanted, Alike)


def groups(connection: Connection, workspace_id: WorkspaceId, kind: PersonKind) -> list[Group]:
    """At most 200 groups of one name."""
    query = "same_contacts" if kind == "contact" else "same_companies"
    return rows(connection, SQL[query], {"workspace_id": workspace_id}, Group)


def tell_apart(
    connection: Connection, doer: Doer, kind: PersonKind, person_id: int, others: Sequence[int]
) -> None:
    """Remember that these are not the same."""
    told = {"workspace_id": doer.workspace_id, "kind": kind, "id": person_id, "others": list(others)}
    connection.execute(SQL["tell_apart"], told)


def said_with(
    connection: Connection, workspace_id: WorkspaceId, about: About, before: Place | None, limit: int
) -> list[tuple[Place, Said | Note]]:
    """At most `limit` messages and notes before a place, newest first."""
    wanted = {
        **about.parameters(),
        "workspace_id": workspace_id,
        "at": before.at if before else None,
        "kind": before.kind if before else None,
        "key": before.key if before else None,
        "limit": limit,
    }
    found: list[tuple[Place, Said | Note]] = [
        (Place(one.at, "message", str(one.id)), one)
        for one in rows(connection, SQL["person_messages"], wanted, Said)
    ]
    after = None
    if before is not None:
        # At one moment notes come before messages, going back: after a message no note of its moment is left.
        after = NotePlace(before.at, int(before.key) if before.kind == "note" else 0)
    written = list_notes(connection, workspace_id, about, after, limit)
    found += [(Place(note.created_at, "note", str(note.id)), note) for note in written]
    found.sort(key=lambda one: (one[0].at, one[0].kind, one[0].key), reverse=True)
    return found[:limit]
