"""Mailboxes that are followed, and how their folders stand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from posthus.api.shapes.shape import Shape

Security = Literal["tls", "starttls", "none"]


class MailboxFolder(Shape):
    """One folder: `known` of `on_server` messages are here.

    missing: on the server, not here yet. gone: here, no longer on the server. troubled: could not be taken in.
    per_second and seconds_left: of the catching up that goes on; null where nothing does.
    """

    name: str
    on_server: int
    known: int
    missing: int
    gone: int
    troubled: int
    per_second: float | None
    seconds_left: float | None
    checked_at: datetime | None
    trouble: str | None
    is_gone: bool


class Mailbox(Shape):
    """A mailbox as it stands; `trouble` is a word for why it waits until `next_at`, `words` the server's own."""

    id: int
    name: str
    host: str
    port: int
    security: Security
    username: str
    sign_in: Literal["password", "oauth"]
    wanted_folders: Sequence[str]
    enabled: bool
    state: Literal["waiting", "following"]
    trouble: str | None
    words: str | None
    next_at: datetime
    seen_at: datetime | None
    tells_news: bool
    check_asked: bool
    folders: Sequence[MailboxFolder]


class MailboxList(Shape):
    """Every mailbox of the workspace."""

    items: Sequence[Mailbox]


class MailboxAccess(Shape):
    """How a mailbox is reached. With `provider` the addresses of Google or Microsoft need not be given."""

    host: str = Field(default="", max_length=253)
    port: int = Field(default=993, ge=1, le=65535)
    security: Security = "tls"
    username: str = Field(min_length=1, max_length=320)
    password: str = Field(default="", max_length=1000, repr=False)
    provider: Literal["google", "microsoft"] | None = None
    token_url: str | None = Field(default=None, max_length=500)
    client_id: str | None = Field(default=None, max_length=500)
    client_secret: str = Field(default="", max_length=1000, repr=False)
    refresh_token: str = Field(default="", max_length=5000, repr=False)
    scope: str | None = Field(default=None, max_length=500)
    folders: Sequence[str] = Field(default=(), max_length=200)


class NewMailbox(Shape):
    """A mailbox to follow from now on."""

    name: str = Field(min_length=1, max_length=100)
    access: MailboxAccess


class MailboxMade(Shape):
    """The new source."""

    id: int


class FoundFolder(Shape):
    """A folder on the server, and how many messages it holds."""

    name: str
    messages: int


class MailboxTrial(Shape):
    """What a sign-in found, or why it failed."""

    works: bool
    trouble: str | None = None
    words: str | None = None
    folders: Sequence[FoundFolder] = ()


class MailboxCheck(Shape):
    """All message numbers are compared soon."""

    asked: bool = True


class TroubledMessage(Shape):
    """A message on the server that could not be taken in."""

    folder: str
    uid: int
    trouble: str
    attempts: int


class TroubledMessages(Shape):
    """The newest hundred of them."""

    items: Sequence[TroubledMessage]
