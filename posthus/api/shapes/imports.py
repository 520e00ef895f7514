"""Imports of old mail, and the files that are sent in for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from posthus.api.shapes.shape import Shape


class MailImport(Shape):
    """One import; sizes are bytes, the counts are messages: read = new + duplicates + failed.

    received: bytes that a browser has sent in, of `size`; reached: bytes of it that were read.
    state: `uploading` until all of it is here, `waiting` for a reader, `running`, `interrupted` where the command that
    read it is gone (give it again, and it goes on), `done`, `failed` because of `trouble`, or `cancelled`.
    trouble: no_mail, outlook_store, gave_up (readers fell over it), abandoned (nobody went on with it for a week).
    expected: about how many messages there will have been; per_second and seconds_left are of the reading that goes on.
    """

    id: int
    source_id: int
    source: str
    way: Literal["browser", "command"]
    name: str
    size: int
    beginning: str
    received: int
    state: Literal["uploading", "waiting", "running", "interrupted", "done", "failed", "cancelled"]
    trouble: Literal["no_mail", "outlook_store", "gave_up", "abandoned"] | None
    reached: int
    read: int
    new: int
    duplicates: int
    failed: int
    expected: int | None
    per_second: float | None
    seconds_left: float | None
    created_at: datetime
    touched_at: datetime
    finished_at: datetime | None


class NewImport(Shape):
    """A file to send in, for a source by number, or by name: a new name makes a source.

    beginning: any fingerprint of the file's first bytes. A file of the same name, size and beginning that is not whole
    yet goes on where it was.
    """

    source_id: int | None = Field(default=None, ge=1, le=2**62)
    source_name: str | None = Field(default=None, min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=300)
    size: int = Field(ge=1, le=2**50)
    beginning: str = Field(default="", max_length=100)


class UploadOffset(Shape):
    """How many bytes of a file are here; complete ones wait to be read."""

    offset: int
    complete: bool


class UnreadMessage(Shape):
    """A message that could not be read, or not wholly.

    place: the file it was in, and the how manieth message, or the byte it ends at. reason: too_large (over 50 MB), broken
    (it breaks off), empty, locked (encrypted, or packed in an unknown way), damaged (the archive is), too_much (it
    unpacks to more than is read), unreadable (the file cannot be opened), refused (by the database).
    """

    place: str
    reason: str


class UnreadMessages(Shape):
    """The first two hundred of them."""

    items: Sequence[UnreadMessage]
