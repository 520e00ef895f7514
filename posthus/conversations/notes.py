"""Internal notes about conversations, contacts and companies, and the people they mention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from posthus.conversations.doer import Doer
from posthus.conversations.offers import UndoOffer, offer
from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "notes.sql")


class UnknownMemberError(LookupError):
    """Somebody who is mentioned is no member."""


@dataclass(frozen=True, slots=True)
class About:
    """What a note is about: exactly one of the three."""

    conversation_id: int | None = None
    contact_id: int | None = None
    company_id: int | None = None

    def parameters(self) -> dict[str, object]:
        """The three as parameters."""
        return {
            "conversation_id": self.conversation_id,
            "contact_id": self.contact_id,
            "company_id": self.company_id,
        }


@dataclass(frozen=True, slots=True)
class Note:
    """A note; `author` is who wrote it (`member:3`), mentions are [{id, name}]."""

    id: int
    author: str
    author_name: str | None
    body: str
    created_at: datetime
    edited_at: datetime | None
    conversation_id: int | None
    contact_id: int | None
    company_id: int | None
    mentions: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class NotePlace:
    """Where a note stands among the newest first."""

    created_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A note that mentions a member, and what it is about."""

    note: Note
    read: bool
    name: str


@dataclass(frozen=True, slots=True)
class _Mentioned:
    note_id: int
    read: bool
    conversation_name: str | None
    contact_name: str | None
    company_name: str | None


@dataclass(frozen=True, slots=True)
class _Number:
    id: int


def list_notes(
    connection: Connection, workspace_id: WorkspaceId, about: About, after: NotePlace | None, limit: int
) -> list[Note]:
    """Notes about a contact or a company, newest first."""
    wanted = {
        **about.parameters(),
        "workspace_id": workspace_id,
        "created_at": after.created_at if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
    return rows(connection, SQL["list_notes"], wanted, Note)


def find_notes(connection: Connection, workspace_id: WorkspaceId, ids: Sequence[int]) -> dict[int, Note]:
    """Notes by number; deleted ones are not there."""
    if not ids:
        return {}
    wanted = {"workspace_id": workspace_id, "ids": list(ids)}
    return {note.id: note for note in rows(connection, SQL["find_notes"], wanted, Note)}


def add_note(
    connection: Connection, doer: Doer, about: About, body: str, mentions: Sequence[int]
) -> Note | None:
    """Write a note; None if there is nothing of that number. Raises UnknownMemberError."""
    new = {
        **about.parameters(),
        "workspace_id": doer.workspace_id,
        "author": doer.actor,
        "body": body,
        "mentions": sorted(set(mentions)),
    }
    _check(connection, doer.workspace_id, mentions)
    made = row(connection, SQL["add_note"], new, _Number)
    if made is None:
        return None
    _mention(connection, doer, made.id, mentions)
    return find_notes(connection, doer.workspace_id, [made.id])[made.id]


def change_note(connection: Connection, doer: Doer, note_id: int, body: str, mentions: Sequence[int]) -> Note:
    """Another text; people who are mentioned for the first time are told. Raises UnknownMemberError."""
    _check(connection, doer.workspace_id, mentions)
    changed = {
        "workspace_id": doer.workspace_id,
        "id": note_id,
        "body": body,
        "mentions": sorted(set(mentions)),
    }
    connection.execute(SQL["change_note"], changed)
    _mention(connection, doer, note_id, mentions)
    return find_notes(connection, doer.workspace_id, [note_id])[note_id]


def delete_note(connection: Connection, doer: Doer, note_id: int) -> UndoOffer:
    """Delete a note, and say how to take that back."""
    connection.execute(SQL["delete_note"], {"workspace_id": doer.workspace_id, "id": note_id})
    return offer(connection, doer.workspace_id, doer.actor, "note", {"id": note_id})


def list_mentions(
    connection: Connection, doer: Doer, before: int | None, limit: int, *, unread: bool
) -> list[Mention]:
    """Notes that mention a member, newest first."""
    wanted = {
        "workspace_id": doer.workspace_id,
        "member_id": doer.member_id,
        "before": before,
        "unread": unread,
        "limit": limit,
    }
    found = rows(connection, SQL["list_mentions"], wanted, _Mentioned)
    notes = find_notes(connection, doer.workspace_id, [one.note_id for one in found])
    return [
        Mention(
            notes[one.note_id], one.read, one.conversation_name or one.contact_name or one.company_name or ""
        )
        for one in found
    ]


def read_mentions(connection: Connection, doer: Doer, note_ids: Sequence[int] | None) -> None:
    """A member has seen some notes, or all."""
    seen = {
        "workspace_id": doer.workspace_id,
        "member_id": doer.member_id,
        "notes": None if note_ids is None else list(note_ids),
    }
    connection.execute(SQL["read_mentions"], seen)


def count_mentions(connection: Connection, doer: Doer) -> int:
    """How many notes that mention a member were not seen yet."""
    whose = {"workspace_id": doer.workspace_id, "member_id": doer.member_id}
    return number(connection, SQL["count_mentions"], whose)


def _check(connection: Connection, workspace_id: WorkspaceId, mentions: Sequence[int]) -> None:
    wanted = {"workspace_id": workspace_id, "ids": list(mentions)}
    if mentions and len(rows(connection, SQL["known_members"], wanted, _Number)) < len(set(mentions)):
        raise UnknownMemberError


def _mention(connection: Connection, doer: Doer, note_id: int, mentions: Sequence[int]) -> None:
    told = {
        "workspace_id": doer.workspace_id,
        "id": note_id,
        "mentions": sorted(set(mentions)),
        "author_id": doer.member_id,
    }
    connection.execute(SQL["mention"], told)
