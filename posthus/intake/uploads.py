"""Files sent in from a browser: in pieces that are rows of the database, so that any process takes the next one."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePath

from psycopg import Connection

from posthus.database.pool import number, row
from posthus.intake.archives import BEGINNING
from posthus.intake.imports import SQL, ImportId
from posthus.intake.inbox import storable
from posthus.intake.mailboxes import MailboxError, kind_of, refuse_stores
from posthus.jobs import SourceId, WorkspaceId

PIECE_BYTES = 4 << 20  # the largest piece


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file that somebody wants to send in; `beginning` is any fingerprint of its first bytes."""

    workspace_id: WorkspaceId
    source_id: SourceId
    name: str
    size: int
    beginning: str


@dataclass(frozen=True, slots=True)
class UploadPiece:
    """The bytes of a file from `offset` on; with a `digest` (sha-256) they are compared before they are kept."""

    offset: int
    body: bytes = field(repr=False)
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of a file is here; `refused` says why no more of it is wanted."""

    name: str
    size: int
    received: int
    state: str
    refused: MailboxError | None = None


class UploadError(Exception):
    """The file, or a piece of it, is not taken; the message says why and what to do."""


class UploadFullError(UploadError):
    """There is no room for as much as that."""


class WrongOffsetError(UploadError):
    """The piece does not begin where the file ends; `received` is where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(f"the next piece begins at byte {received}")
        self.received = received


class UploadOverError(UploadError):
    """The import was cancelled, or all of the file is here."""


def begin_upload(connection: Connection, new: NewUpload, room: int) -> tuple[ImportId, bool]:
    """The import that a file belongs to, and whether it is a new one: the same file goes on where it was.

    `room` is how many bytes all files together may take. Raises UploadError, and MailboxError where the name says
    that nothing can be read.
    """
    values = {
        "workspace_id": new.workspace_id,
        "source_id": new.source_id,
        "name": storable(PurePath(new.name.replace("\\", "/")).name).strip(),
        "size": new.size,
        "beginning": new.beginning,
    }
    if not values["name"]:
        raise UploadError("a file has a name")
    refuse_stores(new.name)
    if new.size < 1:
        raise UploadError("the file is empty")
    found = connection.execute(SQL["same_upload"], values).fetchone()
    if found is not None:
        return ImportId(found[0]), False
    free = room - number(connection, SQL["bytes_expected"], {})
    if new.size > free:
        raise UploadFullError(
            f"there is room for {max(free, 0):,} bytes now and the file has {new.size:,}: wait until other imports"
            " are done, have POSTHUS_UPLOAD_MB raised, or read it on the server with posthus import"
        )
    return ImportId(number(connection, SQL["begin_upload"], values)), True


def upload_state(connection: Connection, workspace_id: WorkspaceId, import_id: ImportId) -> Kept | None:
    """How much of a file is here; nobody changes it before the transaction ends."""
    return row(connection, SQL["keep_upload"], {"id": import_id, "workspace_id": workspace_id}, Kept)


def add_piece(
    connection: Connection, workspace_id: WorkspaceId, import_id: ImportId, piece: UploadPiece
) -> Kept | None:
    """Keep the next piece; how much is here then, None where there is no such import.

    A file whose beginning proves that it holds no mail has failed, before the rest is sent. Raises WrongOffsetError,
    UploadOverError and UploadError.
    """
    kept = upload_state(connection, workspace_id, import_id)
    if kept is None:
        return None
    end = piece.offset + len(piece.body)
    if kept.state == "uploading" and piece.offset != kept.received:
        raise WrongOffsetError(kept.received)
    if kept.state != "uploading":
        if kept.state != "cancelled" and piece.offset != kept.received:
            raise WrongOffsetError(kept.received)
        raise UploadOverError("this import takes no more bytes")
    if not piece.body or len(piece.body) > PIECE_BYTES or end > kept.size:
        raise UploadError(f"a piece has 1 to {PIECE_BYTES:,} bytes, and ends where the file does")
    if piece.digest is not None and sha256(piece.body).digest() != piece.digest:
        raise UploadError("the bytes are not those that the digest was made of; send them again")
    keys = {"id": import_id, "workspace_id": workspace_id}
    if piece.offset == 0 and (len(piece.body) >= BEGINNING or end == kept.size):
        try:
            kind_of(kept.name, piece.body[:BEGINNING])
        except MailboxError as error:
            connection.execute(SQL["refuse_upload"], {**keys, "trouble": error.reason})
            return Kept(kept.name, kept.size, 0, "failed", error)
    connection.execute(SQL["add_piece"], {**keys, "start": piece.offset, "body": piece.body})
    connection.execute(SQL["save_received"], {**keys, "received": end})
    return Kept(kept.name, kept.size, end, "waiting" if end == kept.size else "uploading")
