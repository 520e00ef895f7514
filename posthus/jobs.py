"""Every job in the system: what it is called and what it carries."""

from dataclasses import dataclass
from typing import Literal, NewType
from uuid import UUID

WorkspaceId = NewType("WorkspaceId", int)
SourceId = NewType("SourceId", int)
CompanyId = NewType("CompanyId", int)
ContactId = NewType("ContactId", int)
ConversationId = NewType("ConversationId", int)
EventId = NewType("EventId", UUID)
MessageId = NewType("MessageId", UUID)
# Live work goes before bulk work (imports, bursts, replays) in every stage; a job's lane is its followers' too.
Lane = Literal["live", "bulk"]


@dataclass(frozen=True, slots=True)
class FileEvent:
    """An event was received: parse it, resolve its people, save its messages."""

    workspace_id: WorkspaceId
    source_id: SourceId
    event_id: EventId
    lane: Lane = "live"


@dataclass(frozen=True, slots=True)
class LinkMessage:
    """A message was filed: find the conversation it belongs to."""

    workspace_id: WorkspaceId
    source_id: SourceId
    message_id: MessageId
    lane: Lane = "live"


@dataclass(frozen=True, slots=True)
class EmbedMessage:
    """A message was linked: cut it into chunks and give each a vector."""

    workspace_id: WorkspaceId
    source_id: SourceId
    message_id: MessageId
    lane: Lane = "live"


Job = FileEvent | LinkMessage | EmbedMessage
