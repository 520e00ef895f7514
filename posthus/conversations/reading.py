"""Reading messages back, for one workspace and under row level security."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus.conversations.parsed import Span
from posthus.conversations.sender_checks import sender_check
from posthus.conversations.shown import (
    AttachmentShown,
    Channel,
    Correspondent,
    Message,
    MessagePlace,
    Named,
)
from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import ConversationId, WorkspaceId

SQL = load(__file__, "reading.sql")


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
    authentication: dict[str, object] | None

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
            sender_check=sender_check(self.authentication),
        )


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
    return _with_files(
        connection, workspace_id, rows(connection, SQL["list_messages"], parameters, _MessageRow)
    )


def _with_files(
    connection: Connection, workspace_id: WorkspaceId, found: Sequence[_MessageRow]
) -> list[Message]:
    files: dict[UUID, list[AttachmentShown]] = {}
    for one in attachments_of(connection, workspace_id, [message.id for message in found]):
        shown = AttachmentShown(one.id, one.name, one.content_type, one.size, one.inline)
        files.setdefault(one.message_id, []).append(shown)
    return [message.shown(files.get(message.id, [])) for message in found]


def find_messages(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[UUID]
) -> list[Message]:
    """Some messages by their numbers, in no order."""
    if not message_ids:
        return []
    parameters = {"workspace_id": workspace_id, "messages": list(message_ids)}
    return _with_files(
        connection, workspace_id, rows(connection, SQL["find_messages"], parameters, _MessageRow)
    )


def attachments_of(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[UUID]
) -> list[AttachmentRow]:
    """The files of some messages, in their order."""
    if not message_ids:
        return []
    parameters = {"workspace_id": workspace_id, "messages": list(message_ids)}
    return rows(connection, SQL["list_attachments"], parameters, AttachmentRow)
