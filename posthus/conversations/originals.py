"""What was received, byte for byte, and what is made of it when somebody looks: safe HTML, files."""

import re
from collections.abc import Callable, Collection
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
from posthus.originals.contents import read_contents
from posthus.originals.dictionaries import OriginalDamagedError
from posthus.originals.objects import NO_OBJECTS, Objects
from posthus.originals.opening import Stored, open_original
from posthus.originals.packing import PLAIN

SQL = load(__file__, "reading.sql")
NOT_IN_NAMES = re.compile(r"[^\w .,()&+-]+")


@dataclass(frozen=True, slots=True)
class Showing:
    """How HTML is shown: with pictures from other servers or not, and the address of each attachment."""

    images: bool
    address_of: Callable[[int], str]


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
    size: int
    sha256: bytes


def raw_event(
    connection: Connection, workspace_id: WorkspaceId, message_id: MessageId, objects: Objects = NO_OBJECTS
) -> Original | None:
    """The bytes that a message was read from; None if there is no such message. Raises ObjectsAwayError."""
    found = _stored(connection, (workspace_id, message_id, objects), amended=False)
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
    showing: Showing,
    objects: Objects = NO_OBJECTS,
) -> str | None:
    """A mail's HTML made safe; None when the message has none or there is no such message.

    Its files are not read for it, wherever they lie. Raises OriginalDamagedError or ObjectsAwayError.
    """
    which = {"workspace_id": workspace_id, "messages": [message_id]}
    files = {bytes(digest) for (digest,) in connection.execute(SQL["contents_of"], which)}
    found = _stored(connection, (workspace_id, message_id, objects), amended=True, without=files)
    page = found.page if found is not None else None
    if page is None:
        return None
    shown = attachments_of(connection, workspace_id, [message_id])
    addresses = {one.content_id: showing.address_of(one.id) for one in shown if one.content_id}
    return sanitise_html(page, allow_images=showing.images, content_urls=addresses)


def attachment(
    connection: Connection,
    workspace_id: WorkspaceId,
    attachment_id: int,
    objects: Objects = NO_OBJECTS,
    largest: int | None = None,
) -> Original | None:
    """One file with its bytes; its type is what the sender claims. None if there is no such file, or a larger one.

    Raises OriginalDamagedError or ObjectsAwayError.
    """
    parameters = {"workspace_id": workspace_id, "id": attachment_id}
    with connection.cursor(binary=True, row_factory=class_row(_File)) as cursor:
        found = cursor.execute(SQL["find_attachment"], parameters).fetchone()
    if found is None or (largest is not None and found.size > largest):
        return None
    content = read_contents(connection, workspace_id, [found.sha256], objects).get(found.sha256)
    if content is None:
        raise OriginalDamagedError("the bytes of a file are gone")
    return Original(found.name, found.content_type, content)


def _stored(
    connection: Connection,
    which: tuple[WorkspaceId, MessageId, Objects],
    *,
    amended: bool,
    without: Collection[bytes] = (),
) -> _Stored | None:
    workspace_id, message_id, objects = which
    parameters = {"workspace_id": workspace_id, "id": message_id, "amended": amended}
    with connection.cursor(binary=True, row_factory=class_row(_Stored)) as cursor:
        found = cursor.execute(SQL["find_original"], parameters).fetchone()
    if found is None:
        return None
    body = open_original(connection, Stored(workspace_id, found.codec, found.body), objects, without)
    return replace(found, codec=PLAIN, body=body)
