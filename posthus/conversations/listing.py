"""Lists of conversations by filter: pages, counts, anchors; every condition is fixed SQL, every value a parameter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from psycopg import Connection

from posthus.conversations.filters import Filter, compile_filter
from posthus.conversations.shown import (
    Anchors,
    Channel,
    ContactSummary,
    Conversation,
    ConversationPlace,
    Named,
    Status,
    Tag,
)
from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.jobs import ConversationId, WorkspaceId

SQL = load(__file__, "listing.sql")
_SLOT = b"/* filter */ true"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many conversations, and how many of them unread: exact below `most`."""

    count: int
    unread: int


@dataclass(frozen=True, slots=True)
class Sized:
    """How many conversations a change is about, and the highest number among them."""

    total: int
    last: int


@dataclass(frozen=True, slots=True)
class _ConversationRow:
    id: int
    subject: str
    snippet: str
    channel: Channel
    status: Status
    unread: bool
    message_count: int
    has_attachments: bool
    first_message_at: datetime
    last_message_at: datetime
    snoozed_until: datetime | None
    held: bool
    contact_id: int | None
    contact_name: str | None
    contact_address: str | None
    company_id: int | None
    company_name: str | None
    assignee_id: int | None
    assignee_name: str | None
    source_id: int
    source_name: str | None
    board_column_id: int | None
    board_column_name: str | None
    tags: list[dict[str, object]]

    def shown(self) -> Conversation:
        """The same with its people and source as values of their own."""
        contact = None
        if self.contact_id is not None:
            contact = ContactSummary(self.contact_id, self.contact_name or "", self.contact_address or "")
        return Conversation(
            id=self.id,
            subject=self.subject,
            snippet=self.snippet,
            channel=self.channel,
            status=self.status,
            unread=self.unread,
            message_count=self.message_count,
            has_attachments=self.has_attachments,
            first_message_at=self.first_message_at,
            last_message_at=self.last_message_at,
            contact=contact,
            company=_named(self.company_id, self.company_name),
            assignee=_named(self.assignee_id, self.assignee_name),
            source=Named(self.source_id, self.source_name or ""),
            tags=[Tag(int(str(one["id"])), str(one["name"]), str(one["color"])) for one in self.tags],
            snoozed_until=self.snoozed_until,
            board_column=_named(self.board_column_id, self.board_column_name),
            held=self.held,
        )


@dataclass(frozen=True, slots=True)
class _AnchorRow:
    last_message_at: datetime
    id: int
    row: int

    @property
    def place(self) -> ConversationPlace:
        return ConversationPlace(self.last_message_at, self.id)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a list: the rows after one place down to another (inclusive), at most so many."""

    limit: int
    after: ConversationPlace | None = None
    until: ConversationPlace | None = None


def list_conversations(
    connection: Connection, workspace_id: WorkspaceId, wanted: Filter, stretch: Stretch
) -> list[Conversation]:
    """A stretch of the conversations that a filter lets through, the one with the newest message first."""
    query, parameters = _prepared("list_places", workspace_id, wanted)
    places = rows(
        connection,
        query,
        {**parameters, **_after(stretch.after), **_until(stretch.until), "limit": stretch.limit},
        ConversationPlace,
    )
    return dress(connection, workspace_id, [place.id for place in places])


def dress(connection: Connection, workspace_id: WorkspaceId, ids: Sequence[int]) -> list[Conversation]:
    """These conversations as they are shown, in the order of `ids`; those that are gone are left out."""
    if not ids:
        return []
    parameters = {"workspace_id": workspace_id, "ids": list(ids)}
    found = {
        one.id: one for one in rows(connection, SQL["dress_conversations"], parameters, _ConversationRow)
    }
    return [found[one].shown() for one in ids if one in found]


def conversation(
    connection: Connection, workspace_id: WorkspaceId, conversation_id: ConversationId
) -> Conversation | None:
    """One conversation; the number of a merged one answers the one it became part of. None if there is none."""
    found = dress(connection, workspace_id, [current_number(connection, workspace_id, conversation_id)])
    return found[0] if found else None


def current_number(
    connection: Connection, workspace_id: WorkspaceId, conversation_id: ConversationId
) -> ConversationId:
    """The number that a conversation has now, whether or not it is there."""
    parameters = {"workspace_id": workspace_id, "id": conversation_id}
    return ConversationId(number(connection, SQL["follow_number"], parameters))


def count_conversations(
    connection: Connection, workspace_id: WorkspaceId, wanted: Filter, most: int
) -> Counted:
    """How many there are; counting stops at `most`."""
    query, parameters = _prepared("count_at_most", workspace_id, wanted)
    return row(connection, query, {**parameters, "most": most}, Counted) or Counted(0, 0)


def anchors(
    connection: Connection, workspace_id: WorkspaceId, wanted: Filter, page_size: int, stretch: Stretch
) -> Anchors:
    """Where the pages of the newest rows end: at most `limit` of them, or those down to `until`."""
    query, parameters = _prepared("list_anchors", workspace_id, wanted)
    asked = {**parameters, **_until(stretch.until), "page_size": page_size, "most": stretch.limit}
    return _anchors(rows(connection, query, asked, _AnchorRow))


def deep_anchors(
    connection: Connection,
    workspace_id: WorkspaceId,
    wanted: Filter,
    page_size: int,
    after: ConversationPlace,
) -> Anchors:
    """The same for all rows older than a place, however many."""
    query, parameters = _prepared("list_deep_anchors", workspace_id, wanted)
    return _anchors(
        rows(connection, query, {**parameters, **_after(after), "page_size": page_size}, _AnchorRow)
    )


def size_up(
    connection: Connection, workspace_id: WorkspaceId, wanted: Filter, except_: Sequence[int]
) -> Sized:
    """How many conversations a change by filter is about."""
    query, parameters = _prepared("size_up", workspace_id, wanted)
    return row(connection, query, {**parameters, "except": list(except_)}, Sized) or Sized(0, 0)


def next_numbers(
    connection: Connection, workspace_id: WorkspaceId, wanted: Filter, bounds: Mapping[str, object]
) -> list[int]:
    """The next `limit` numbers of a change by filter; bounds: except, position, last, limit."""
    query, parameters = _prepared("next_numbers", workspace_id, wanted)
    return [found for (found,) in connection.execute(query, {**parameters, **bounds})]


def _prepared(name: str, workspace_id: WorkspaceId, wanted: Filter) -> tuple[bytes, dict[str, object]]:
    compiled = compile_filter(wanted)
    query = SQL[name].replace(_SLOT, compiled.where)
    return query, {**compiled.parameters, "workspace_id": workspace_id}


def _after(place: ConversationPlace | None) -> dict[str, object]:
    return {"last_message_at": place.last_message_at if place else None, "id": place.id if place else None}


def _until(place: ConversationPlace | None) -> dict[str, object]:
    return {"until_at": place.last_message_at if place else None, "until_id": place.id if place else None}


def _anchors(found: Sequence[_AnchorRow]) -> Anchors:
    total = found[-1].row if found else 0
    return Anchors(total, [one.place for one in found])


def _named(number: int | None, name: str | None) -> Named | None:
    return None if number is None else Named(number, name or "")
