"""Importing old mail: files sent in by pieces that can be taken up again, and how every import goes.

The pieces go as draft-ietf-httpbis-resumable-upload has it: `Upload-Offset` says where one begins, HEAD tells where the
next one does, and a digest (RFC 9530) is compared.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from psycopg import Connection
from starlette.requests import ClientDisconnect

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import Refusal, not_found, sentence
from posthus.api.shapes import imports as shapes
from posthus.api.shapes.shape import Page
from posthus.api.visits import Reader, SourceKeeper, SourceKeeperUnread, Visit
from posthus.intake import imports, uploads
from posthus.intake.imports import ImportId
from posthus.intake.mailboxes import MailboxError
from posthus.intake.sources import NewSource, SourceError, add_source, known_source, source_by_name
from posthus.jobs import SourceId

router = APIRouter(prefix="/api/v1/imports", route_class=Answered, tags=["imports"])
Made = TypeVar("Made")
MOST_UNREAD = 200
_PIECE: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {"application/partial-upload": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def piece_of(request: Request) -> bytes:
    """The body of a request that may hold a whole piece; refuses a larger one (413) and one that breaks off."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > uploads.PIECE_BYTES:
                raise Refusal(413, f"A piece has at most {uploads.PIECE_BYTES:,} bytes.")
    except ClientDisconnect as error:
        raise Refusal(400, "The piece broke off; send it again.") from error
    return bytes(body)


@router.get("")
def list_imports(visit: Reader, paging: Paged) -> Page[shapes.MailImport]:
    """Every import, newest first: sent in from a browser, or read by the command line."""
    before = read_cursor("imports", paging.cursor, int)
    with visit.reading() as connection:
        found = imports.list_imports(connection, visit.caller.workspace_id, before, paging.limit + 1)
    items = found[: paging.limit]
    more = make_cursor("imports", (items[-1].id,)) if len(found) > paging.limit else None
    return Page(items=[_shape(one) for one in items], next_cursor=more)


@router.get("/{id}")
def read_import(visit: Reader, number: Number) -> shapes.MailImport:
    """How one import goes."""
    with visit.reading() as connection:
        return _known(visit, connection, number)


@router.get("/{id}/unread")
def list_unread(visit: Reader, number: Number) -> shapes.UnreadMessages:
    """What could not be read of it, in the order it was met."""
    with visit.reading() as connection:
        _known(visit, connection, number)
        found = imports.unread_of(connection, visit.caller.workspace_id, ImportId(number), MOST_UNREAD)
    return shapes.UnreadMessages(
        items=[shapes.UnreadMessage(place=one.place, reason=one.reason) for one in found]
    )


@router.post("", response_model=shapes.MailImport, status_code=201)
def begin_import(visit: SourceKeeper, new: shapes.NewImport) -> Response:
    """Say what is going to be sent in; the same file, where it is not whole yet, goes on at `received`."""

    def begin(connection: Connection) -> shapes.MailImport:
        upload = uploads.NewUpload(
            visit.caller.workspace_id, _source(visit, connection, new), new.name, new.size, new.beginning
        )
        made, is_new = uploads.begin_upload(connection, upload, visit.desk.settings.upload_bytes)
        if is_new:
            visit.note(
                connection, "import_begun", f"import:{made}", {"source": upload.source_id, "size": new.size}
            )
        return _known(visit, connection, made)

    # What all workspaces expect together is the owner's alone to see.
    return visit.writing_as_owner(lambda connection: _refusing(lambda: begin(connection)), 201)


@router.head("/{id}/content", response_class=Response)
def read_offset(visit: SourceKeeper, number: Number) -> Response:
    """Where the next piece begins, in Upload-Offset."""
    with visit.reading() as connection:
        found = imports.find_import(connection, visit.caller.workspace_id, ImportId(number))
    if found is None or found.way != "browser":
        raise not_found("import")
    complete = "?1" if found.received == found.size else "?0"
    fields = {"Upload-Length": str(found.size), "Upload-Complete": complete, "Cache-Control": "no-store"}
    return Response(headers={"Upload-Offset": str(found.received), **fields})


@router.patch("/{id}/content", response_model=shapes.UploadOffset, openapi_extra=_PIECE)
def send_piece(
    visit: SourceKeeperUnread,
    number: Number,
    upload_offset: Annotated[int, Header(ge=0, le=2**50)],
    body: Annotated[bytes, Depends(piece_of)],
    content_digest: Annotated[str, Header(max_length=300)] = "",
) -> Response:
    """The next bytes of a file; 409 tells in Upload-Offset where they must begin, 410 that no more are taken."""
    piece = uploads.UploadPiece(upload_offset, body, _digest(content_digest))
    refused: MailboxError | None = None

    def keep(connection: Connection) -> shapes.UploadOffset:
        nonlocal refused
        kept = uploads.add_piece(connection, visit.caller.workspace_id, ImportId(number), piece)
        if kept is None:
            raise not_found("import")
        refused = kept.refused
        return shapes.UploadOffset(offset=kept.received, complete=kept.received == kept.size)

    response = visit.writing(lambda connection: _refusing(lambda: keep(connection)))
    if refused is not None:  # said now that it is kept that the import has failed
        raise Refusal(422, sentence(refused))
    response.headers["Upload-Offset"] = str(upload_offset + len(body))
    return response


@router.delete("/{id}", response_model=shapes.MailImport)
def cancel_import(visit: SourceKeeper, number: Number) -> Response:
    """Go no further with an import; what came in of it stays."""

    def cancel(connection: Connection) -> shapes.MailImport:
        if imports.cancel_import(connection, visit.caller.workspace_id, ImportId(number)):
            visit.note(connection, "import_cancelled", f"import:{number}", {})
        return _known(visit, connection, number)

    return visit.writing(cancel)


def _source(visit: Visit, connection: Connection, new: shapes.NewImport) -> SourceId:
    workspace_id = visit.caller.workspace_id
    if new.source_id is not None:
        return known_source(connection, workspace_id, SourceId(new.source_id)).id
    if new.source_name is None:
        raise Refusal(422, "Say for which source it is: source_id, or source_name.")
    named = source_by_name(connection, workspace_id, new.source_name.strip())
    if named is not None and named.kind == "import":
        return named.id
    made = add_source(connection, NewSource(workspace_id, "import", new.source_name))
    visit.note(connection, "source_added", f"source:{made.id}", {"kind": "import"})
    return made.id


def _refusing(work: Callable[[], Made]) -> Made:
    try:
        return work()
    except uploads.WrongOffsetError as error:
        raise Refusal(409, sentence(error), {"Upload-Offset": str(error.received)}) from error
    except uploads.UploadOverError as error:
        raise Refusal(410, sentence(error)) from error
    except uploads.UploadFullError as error:
        raise Refusal(507, sentence(error)) from error
    except (uploads.UploadError, MailboxError, SourceError) as error:
        raise Refusal(422, sentence(error)) from error


def _digest(field: str) -> bytes | None:
    """The sha-256 of Content-Digest, where it has one (RFC 9530)."""
    for part in field.split(","):
        name, _, value = part.strip().partition("=")
        if name == "sha-256":
            try:
                return b64decode(value.strip(":"), validate=True)
            except binascii.Error as error:
                raise Refusal(400, "Content-Digest is not as RFC 9530 has it.") from error
    return None


def _known(visit: Visit, connection: Connection, number: int) -> shapes.MailImport:
    found = imports.find_import(connection, visit.caller.workspace_id, ImportId(number))
    if found is None:
        raise not_found("import")
    return _shape(found)


def _shape(found: imports.MailImport) -> shapes.MailImport:
    return shapes.MailImport.model_validate(found, from_attributes=True)
