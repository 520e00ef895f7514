"""What was received, byte for byte, and what is made of it when somebody looks: safe HTML, files."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from posthus.conversations.html import sanitise_html
from posthus.conversations.mail import parse_mail
from posthus.conversations.outlook import is_outlook
from posthus.conversations.parsed import ParsedMail
from posthus.conversations.payloads.read import read_webhook
from posthus.conversations.reading import attachments_of
from posthus.conversations.shown import Original
from posthus.conversations.understanding import mapping_of
from posthus.database.queries import load
from posthus.jobs import MessageId, WorkspaceId
from posthus.originals.opening import Stored, open_original
from posthus.originals.packing import PLAIN, unpack

SQL = load(__file__, "reading.sql")
NOT_IN_NAMES = re.compile(r"[^\w .,()&+-]+")


@dataclass(frozen=True, slots=True)
class _Stored:
    kind: Literal["webhook", "mail"]
    codec: int
    body: bytes
    headers: dict[str, str]
    provider: str
    settings: dict[str, object]
    position: int
    subject: str
    id: UUID

    @property
    def page(self) -> str | None:
        """The HTML of the mail that it is or that a webhook brought."""
        if self.kind == "mail":
            return parse_mail(self.body).html
        found = read_webhook(self.provider, self.headers, self.body, mapping_of(self.settings))
        one = found[self.position] if self.position < len(found) else None
        return one.html if isinstance(one, ParsedMail) else None


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    content_type: str
    codec: int
    body: bytes


def raw_event(connection: Connection, workspace_id: WorkspaceId, message_id: MessageId) -> Original | None:
    """The bytes that a message was read from; None if there is no such message."""
    found = _stored(connection, workspace_id, message_id, amended=False)
    if found is None:
        return None
    name = NOT_IN_NAMES.sub(" ", found.subject).strip()[:80] or str(found.id)
    if is_outlook(found.body):
        return Original(f"{name}.msg", "application/vnd.ms-outlook", found.body)
    if found.kind == "mail":
        return Original(f"{name}.eml", "message/rfc822", found.body)
    looks_like_json = found.body.lstrip()[:1] in (b"{", b"[")
    content_type = "application/json" if looks_like_json else "application/octet-stream"
    return Original(f"{name}.json" if looks_like_json else f"{name}.bin", content_type, found.body)


def message_html(
    connection: Connection,
    workspace_id: WorkspaceId,
    message_id: MessageId,
    *,
    images: bool,
    address_of: Callable[[int], str],
) -> str | None:
    """A mail's HTML made safe; None when the message has none or there is no such message.

    images: whether pictures from other servers are let through; address_of: the address of an attachment.
    """
    found = _stored(connection, workspace_id, message_id, amended=True)
    page = found.page if found is not None else None
    if page is None:
        return None
    files = attachments_of(connection, workspace_id, [message_id])
    addresses = {one.content_id: address_of(one.id) for one in files if one.content_id}
    return sanitise_html(page, allow_images=images, content_urls=addresses)


def attachment(connection: Connection, workspace_id: WorkspaceId, attachment_id: int) -> Original | None:
    """One file with its bytes; its type is what the sender claims. None if there is no such file."""
    parameters = {"workspace_id": workspace_id, "id": attachment_id}
    with connection.cursor(binary=True, row_factory=class_row(_File)) as cursor:
        found = cursor.execute(SQL["find_attachment"], parameters).fetchone()
    if found is None:
        return None
    return Original(found.name, found.content_type, unpack(found.codec, found.body))


def _stored(
    connection: Connection, workspace_id: WorkspaceId, message_id: MessageId, *, amended: bool
) -> _Stored | None:
    parameters = {"workspace_id": workspace_id, "id": message_id, "amended": amended}
    with connection.cursor(binary=True, row_factory=class_row(_Stored)) as cursor:
        found = cursor.execute(SQL["find_original"], parameters).fetchone()
    if found is None:
        return None
    body = open_original(connection, Stored(workspace_id, found.codec, found.body))
    return replace(found, codec=PLAIN, body=body)
