"""Reading conversations back, for one workspace and under row level security."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus.conversations.parsed import Span
from posthus.conversations.shown import (
    Anchors,
    AttachmentShown,
    Channel,
    ContactSummary,
    Conversation,
    ConversationChange,
    ConversationFilter,
    ConversationPlace,
    Correspondent,
    Message,
    MessagePlace,
    Named,
    Status,
)
from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.jobs import ConversationId, WorkspaceId

SQL = load(__file__, "reading.sql")


class UnknownAssigneeError(LookupError):
    """The assignee is nobody of this workspace, or cannot sign in any more."""


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
    contact_id: int | None
    contact_name: str | None
    contact_address: str | None
    company_id: int | None
    company_name: str | None
    assignee_id: int | None
    assignee_name: str | None
    source_id: int
    source_name: str | None

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
        )


@dataclass(frozen=True, slots=True)
class _MessageRow:
    id: UUID
    conversation_id: int
    channel: Channel
    direction: Literal["in", "out"]
    message_id: str | None
    subject: str
    from_name: str
    from_address: str
    recipients: dict[str, list[dict[str, str]]]
    contact_id: int | None
    source_id: int
    source_name: str | None
    sent_at: datetime
    received_at: datetime
    body_text: str
    spans: list[tuple[Literal["new", "quote", "signature"], int, int]]
    has_html: bool
    has_remote_images: bool
    automatic: bool
    bulk: bool
    defects: list[str]

    def shown(self, attachments: Sequence[AttachmentShown]) -> Message:
        """The same with its files, people and spans as values of their own."""
        return Message(
            id=self.id,
            conversation_id=self.conversation_id,
            channel=self.channel,
            direction=self.direction,
            message_id=self.message_id,
            subject=self.subject,
            sender=Correspondent(self.from_name, self.from_address),
            to=[Correspondent(one["name"], one["address"]) for one in self.recipients["to"]],
            cc=[Correspondent(one["name"], one["address"]) for one in self.recipients["cc"]],
            contact_id=self.contact_id,
            source=Named(self.source_id, self.source_name or ""),
            sent_at=self.sent_at,
            received_at=self.received_at,
            text=self.body_text,
            spans=[Span(kind, start, end) for kind, start, end in self.spans],
            has_html=self.has_html,
            has_remote_images=self.has_remote_images,
            automatic=self.automatic,
            bulk=self.bulk,
            defects=self.defects,
            attachments=list(attachments),
        )


@dataclass(frozen=True, slots=True)
class _AnchorRow:
    last_message_at: datetime
    id: int
    row: int


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file as it stands in its table."""

    id: int
    message_id: UUID
    name: str
    content_type: str
    content_id: str | None
    size: int
    inline: bool


def list_conversations(
    connection: Connection,
    workspace_id: WorkspaceId,
    wanted: ConversationFilter,
    after: ConversationPlace | None,
    limit: int,
) -> list[Conversation]:
    """At most `limit` conversations after a place, the one with the newest message first."""
    parameters: dict[str, object] = {
        **asdict(wanted),
        "workspace_id": workspace_id,
        "last_message_at": after.last_message_at if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
    return [one.shown() for one in rows(connection, SQL["list_conversations"], parameters, _ConversationRow)]


def anchors(
    connection: Connection, workspace_id: WorkspaceId, wanted: ConversationFilter, page_size: int
) -> Anchors:
    """Where every page of the same list but the first begins, and how many rows it has."""
    parameters: dict[str, object] = {**asdict(wanted), "workspace_id": workspace_id, "page_size": page_size}
    found = rows(connection, SQL["list_anchors"], parameters, _AnchorRow)
    total = found[-1].row if found else 0
    places = [ConversationPlace(one.last_message_at, one.id) for one in found if one.row < total]
    return Anchors(total, places)


def conversation(
    connection: Connection, workspace_id: WorkspaceId, conversation_id: ConversationId
) -> Conversation | None:
    """One conversation; the number of a merged one answers the one it became part of. None if there is none."""
    parameters = {"workspace_id": workspace_id, "id": conversation_id}
    found = row(connection, SQL["find_conversation"], parameters, _ConversationRow)
    return found.shown() if found else None


def change_conversation(
    connection: Connection,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    change: ConversationChange,
) -> Conversation | None:
    """Open, close, mark or assign; answers the changed conversation, None if there is none.

    Raises UnknownAssigneeError for an assignee who is no member.
    """
    parameters: dict[str, object] = {**asdict(change), "workspace_id": workspace_id, "id": conversation_id}
    given = change.assign and change.assignee_id is not None
    if given and not number(connection, SQL["find_assignee"], parameters):
        raise UnknownAssigneeError(str(change.assignee_id))
    connection.execute(SQL["change_conversation"], parameters)
    return conversation(connection, workspace_id, conversation_id)


def messages_of(
    connection: Connection,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    after: MessagePlace | None,
    limit: int,
) -> list[Message]:
    """At most `limit` messages of a conversation after a place, oldest first; follows merged numbers."""
    parameters = {
        "workspace_id": workspace_id,
        "id": conversation_id,
        "sent_at": after.sent_at if after else None,
        "message_id": after.id if after else None,
        "limit": limit,
    }
    found = rows(connection, SQL["list_messages"], parameters, _MessageRow)
    files: dict[UUID, list[AttachmentShown]] = {}
    for one in attachments_of(connection, workspace_id, [message.id for message in found]):
        shown = AttachmentShown(one.id, one.name, one.content_type, one.size, one.inline)
        files.setdefault(one.message_id, []).append(shown)
    return [message.shown(files.get(message.id, [])) for message in found]


def attachments_of(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[UUID]
) -> list[AttachmentRow]:
    """The files of some messages, in their order."""
    if not message_ids:
        return []
    parameters = {"workspace_id": workspace_id, "messages": list(message_ids)}
    return rows(connection, SQL["list_attachments"], parameters, AttachmentRow)


def _named(number: int | None, name: str | None) -> Named | None:
    return None if number is None else Named(number, name or "")
