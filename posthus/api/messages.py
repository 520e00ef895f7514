"""A message's safe HTML, its original, and the files that came with it."""

from base64 import b64encode
from contextlib import suppress
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.problems import not_found
from posthus.api.visits import Reader, Visit
from posthus.conversations import originals
from posthus.conversations.shown import Original
from posthus.jobs import MessageId
from posthus.originals.objects import ObjectsAwayError

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["messages"])
Identifier = Annotated[UUID, Path(alias="id")]
Images = Annotated[bool, Query(description="whether images from other servers are let through")]
Shown = Annotated[bool, Query(description="show images and PDFs instead of saving them")]
_BYTES: dict[int | str, dict[str, object]] = {200: {"content": {"application/octet-stream": {}}}}
_PAGE: dict[int | str, dict[str, object]] = {200: {"content": {"text/html": {}}}}

# Nothing of a mail may run, load or leave its frame, even if the sanitiser missed something.
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
# A PDF viewer does not run inside a sandbox; PDFs are shown by the browser's own viewer, with nothing else allowed.
_VIEWER_POLICY = "default-src 'none'; object-src 'self'; plugin-types application/pdf; frame-ancestors 'self'"
_SHOWN_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf"}
)
# A sandboxed frame sends no cookies, so pictures of the mail itself travel inside its page.
_LARGEST_PICTURE = 2_000_000
_MOST_PICTURES = 8_000_000


@router.get("/messages/{id}/html", response_class=Response, responses=_PAGE)
def read_html(visit: Reader, identifier: Identifier, images: Images = False) -> Response:  # noqa: FBT002
    """The sanitised HTML, for a sandboxed frame."""
    with visit.reading() as connection:
        pictures = _Pictures(visit, connection)
        page = originals.message_html(
            connection,
            visit.caller.workspace_id,
            MessageId(identifier),
            originals.Showing(images, pictures.address_of),
            visit.desk.parts.objects,
        )
    if page is None:
        raise not_found("HTML of a message")
    sources = "data: 'self' https:" if images else "data: 'self'"
    policy = (
        f"{_SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src {sources}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Response(page, headers=headers, media_type="text/html")


@router.get("/messages/{id}/raw", response_class=Response, responses=_BYTES)
def read_raw(
    visit: Reader, identifier: Identifier, as_: Annotated[Literal["text"] | None, Query(alias="as")] = None
) -> Response:
    """What was received, byte for byte; `as=text` shows it instead of saving it."""
    with visit.reading() as connection:
        number, objects = MessageId(identifier), visit.desk.parts.objects
        found = originals.raw_event(connection, visit.caller.workspace_id, number, objects)
    if found is None:
        raise not_found("message")
    if as_ == "text":
        text = found.content.decode("utf-8", "replace")
        return Response(text, headers={"Content-Security-Policy": _FILE_POLICY}, media_type="text/plain")
    return _file(found, "attachment")


@router.get("/attachments/{id}", response_class=Response, responses=_BYTES)
def read_attachment(visit: Reader, number: Number, inline: Shown = False) -> Response:  # noqa: FBT002
    """A file that came with a message; `inline=1` shows images and PDFs instead of saving them."""
    with visit.reading() as connection:
        objects = visit.desk.parts.objects
        found = originals.attachment(connection, visit.caller.workspace_id, number, objects)
    if found is None:
        raise not_found("attachment")
    return _file(found, "inline" if inline and found.content_type in _SHOWN_TYPES else "attachment")


class _Pictures:
    """The addresses of a mail's own pictures: their bytes, as long as they are small."""

    def __init__(self, visit: Visit, connection: Connection) -> None:
        self._visit = visit
        self._connection = connection
        self._left = _MOST_PICTURES

    def address_of(self, attachment_id: int) -> str:
        """A data: address; an ordinary one where the picture is too large, cannot be had now, or is none."""
        found = self._found(attachment_id)
        elsewhere = f"/api/v1/attachments/{attachment_id}?inline=1"
        if (
            found is None
            or not found.content_type.startswith("image/")
            or found.content_type not in _SHOWN_TYPES
        ):
            return elsewhere
        self._left -= len(found.content)
        return f"data:{found.content_type};base64,{b64encode(found.content).decode()}"

    def _found(self, attachment_id: int) -> Original | None:
        place = (self._connection, self._visit.caller.workspace_id, attachment_id)
        with suppress(ObjectsAwayError):
            objects, largest = self._visit.desk.parts.objects, min(_LARGEST_PICTURE, self._left)
            return originals.attachment(*place, objects, largest)
        return None


def _file(found: Original, disposition: str) -> Response:
    kind = found.content_type if found.content_type in _SHOWN_TYPES else "application/octet-stream"
    policy = _VIEWER_POLICY if kind == "application/pdf" and disposition == "inline" else _FILE_POLICY
    headers = {
        "Content-Disposition": content_disposition(disposition, found.name),
        "Content-Security-Policy": policy,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(found.content, headers=headers, media_type=kind)


def content_disposition(disposition: str, name: str) -> str:
    """The header with a name for every reader: ASCII for old ones, UTF-8 for the others (RFC 6266, RFC 8187)."""
    clean = "".join(letter for letter in name if letter.isprintable()).replace("/", "_").replace("\\", "_")
    clean = clean.strip(" .")[:200] or "file"
    plain = clean.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_").replace("%", "_")
    coded = quote(clean.encode("utf-8", "replace"), safe="!#$&+-.^_`|~")
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{coded}"
