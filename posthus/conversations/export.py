"""Every message as plain lines, for other systems and for leaving."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr
from typing import TypedDict
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "export.sql")
ROWS_A_TIME = 500


class ExportedAttachment(TypedDict):
    """A file's facts, without its bytes."""

    name: str
    type: str
    size: int
    sha256: str


class ExportedMessage(TypedDict):
    """One line of the export; `text` is what was written, `quoted` what was repeated."""

    message_id: str
    conversation: int | None
    source: str
    date: str
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    quoted: str
    attachments: list[ExportedAttachment]
    company: str | None
    contact: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    message_id: str | None
    conversation_id: int | None
    source: str
    sent_at: datetime
    from_name: str
    from_address: str
    recipients: dict[str, list[dict[str, str]]]
    subject: str
    body_text: str
    spans: list[tuple[str, int, int]]
    company: str | None
    contact: str | None
    attachments: list[ExportedAttachment]


def export_messages(connection: Connection, workspace_id: WorkspaceId) -> Iterator[dict[str, object]]:
    """Every message, in the order received; reads a few hundred at a time from one snapshot."""
    with connection.cursor(name="export", row_factory=class_row(_Row)) as cursor:
        cursor.itersize = ROWS_A_TIME
        for row in cursor.execute(SQL["export_messages"], {"workspace_id": workspace_id}):
            yield {"from": _person(row.from_name, row.from_address), **_line(row)}


def _line(row: _Row) -> ExportedMessage:
    return ExportedMessage(
        message_id=row.message_id or str(row.id),
        conversation=row.conversation_id,
        source=row.source,
        date=row.sent_at.isoformat(),
        to=_people(row.recipients.get("to", [])),
        cc=_people(row.recipients.get("cc", [])),
        subject=row.subject,
        text=_parts(row, "new"),
        quoted=_parts(row, "quote"),
        attachments=row.attachments,
        company=row.company,
        contact=row.contact,
    )


def _parts(row: _Row, kind: str) -> str:
    return "\n".join(row.body_text[start:end].strip() for one, start, end in row.spans if one == kind).strip()


def _people(people: Sequence[dict[str, str]]) -> list[str]:
    return [_person(one.get("name", ""), one.get("address", "")) for one in people]


def _person(name: str, address: str) -> str:
    return (
        formataddr((name, address))
        if name and address.isascii()
        else f"{name} <{address}>"
        if name
        else address
    )
