"""Mailboxes that are followed: made, changed, tried, and how they stand."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.intake.imap_link import Security
from posthus.intake.secrets import Keyring, Sealed, about
from posthus.intake.sources import NewSource, SourceError, add_source
from posthus.jobs import SourceId, WorkspaceId

SQL = load(__file__, "imap.sql")

Method = Literal["password", "oauth"]


@dataclass(frozen=True, slots=True)
class Secret:
    """What a mailbox keeps sealed: a password, or a refresh token and what the client proves itself with."""

    password: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """How a mailbox is reached; without `folders` all are followed but drafts, junk and trash."""

    host: str
    username: str
    secret: Secret = field(repr=False)
    port: int = 993
    security: Security = "tls"
    sign_in: Method = "password"
    token_url: str | None = None
    client_id: str | None = None
    scope: str | None = None
    folders: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One row of posthus.mailbox as whoever follows it needs it; the epoch proves the lease."""

    source_id: SourceId
    workspace_id: WorkspaceId
    host: str
    port: int
    security: Security
    username: str
    sign_in: Method
    token_url: str | None
    client_id: str | None
    scope: str | None
    secret: Sealed = field(repr=False)
    folders: Sequence[str]
    version: int
    epoch: int
    failures: int


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How a mailbox stands: followed now, or waiting until `next_at` because of `trouble`."""

    source_id: SourceId
    name: str
    host: str
    port: int
    security: Security
    username: str
    sign_in: Method
    folders: Sequence[str]
    enabled: bool
    state: Literal["waiting", "following"]
    trouble: str | None
    words: str | None
    failures: int
    next_at: datetime
    seen_at: datetime | None
    capabilities: Sequence[str]
    check_asked: bool


@dataclass(frozen=True, slots=True)
class FolderState:
    """How a folder stands: `known` of `on_server` messages are here, `taken` of them since `started_at`.

    `missing` is what the comparison at `checked_at` found and has not been taken in since; `gone` left the
    server and are kept; `troubled` could not be taken in.
    """

    id: int
    source_id: SourceId
    name: str
    on_server: int
    known: int
    missing: int
    started_at: datetime
    taken: int
    caught_up_at: datetime | None
    checked_at: datetime | None
    trouble: str | None
    gone_at: datetime | None
    gone: int
    troubled: int


@dataclass(frozen=True, slots=True)
class TroubledMessage:
    """A message on the server that could not be taken in."""

    folder: str
    uid: int
    trouble: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A mailbox that this process may go on with."""

    source_id: SourceId
    epoch: int
    version: int
    check_asked_at: datetime | None


def add_mailbox(
    connection: Connection, keyring: Keyring, workspace_id: WorkspaceId, name: str, access: Access
) -> SourceId:
    """A new source of kind imap with its mailbox; raises SourceError where something is missing."""
    values = _values(keyring, workspace_id, _checked(access))
    made = add_source(connection, NewSource(workspace_id, "imap", name), keyring)
    connection.execute(SQL["add_mailbox"], {**values, "source_id": made.id})
    return made.id


def change_mailbox(
    connection: Connection, keyring: Keyring, which: tuple[WorkspaceId, SourceId], access: Access
) -> None:
    """Reach it otherwise; an empty secret stays as it is."""
    workspace_id, source_id = which
    found = mailbox(connection, workspace_id, source_id)
    if found is None:
        raise SourceError(f"there is no mailbox {source_id}")
    kept = _opened(keyring, found) if found.sign_in == access.sign_in else Secret()
    merged = Secret(**{name: value or asdict(kept)[name] for name, value in asdict(access.secret).items()})
    wanted = _checked(replace(access, secret=merged))
    connection.execute(
        SQL["change_mailbox"], {**_values(keyring, workspace_id, wanted), "source_id": source_id}
    )


def mailbox(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> Mailbox | None:
    """How one mailbox is reached."""
    keys = {"workspace_id": workspace_id, "source_id": source_id}
    return row(connection, SQL["mailbox"], keys, Mailbox)


def access_of(keyring: Keyring, found: Mailbox) -> Access:
    """How it is reached, with its secret in the open; raises SecretKeyError without the key that sealed it."""
    return Access(
        host=found.host,
        username=found.username,
        secret=_opened(keyring, found),
        port=found.port,
        security=found.security,
        sign_in=found.sign_in,
        token_url=found.token_url,
        client_id=found.client_id,
        scope=found.scope,
        folders=found.folders,
    )


def keep_secret(connection: Connection, keyring: Keyring, found: Mailbox, refresh_token: str) -> None:
    """Remember a refresh token that the provider has replaced."""
    secret = replace(_opened(keyring, found), refresh_token=refresh_token)
    sealed = _sealed(keyring, found.workspace_id, secret)
    keys = {"id": found.source_id, "workspace_id": found.workspace_id}
    connection.execute(SQL["replace_mailbox_secret"], {**keys, "secret": sealed})


def mailbox_states(connection: Connection, workspace_id: WorkspaceId) -> list[MailboxState]:
    """Every mailbox of a workspace, by name."""
    return rows(connection, SQL["mailbox_states"], {"workspace_id": workspace_id}, MailboxState)


def folder_states(connection: Connection, workspace_id: WorkspaceId) -> list[FolderState]:
    """Every folder of a workspace's mailboxes, the inbox first."""
    return rows(connection, SQL["folder_states"], {"workspace_id": workspace_id}, FolderState)


def troubled_messages(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId, limit: int = 100
) -> list[TroubledMessage]:
    """What could not be taken in, newest first."""
    keys = {"workspace_id": workspace_id, "source_id": source_id, "limit": limit}
    return rows(connection, SQL["troubled_messages"], keys, TroubledMessage)


def ask_for_check(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> bool:
    """Have every uid compared soon; False where there is no such mailbox."""
    keys = {"workspace_id": workspace_id, "source_id": source_id}
    return connection.execute(SQL["ask_for_check"], keys).rowcount == 1


def claim(connection: Connection, holder: UUID, most: int, lease: float) -> list[Mailbox]:
    """Take at most so many mailboxes that are due and that nobody follows."""
    return rows(connection, SQL["claim_mailboxes"], {"holder": holder, "most": most, "lease": lease}, Mailbox)


def renew(connection: Connection, holder: UUID, lease: float) -> list[Lease]:
    """Keep the leases; what is not answered was lost or switched off."""
    return rows(connection, SQL["renew_leases"], {"holder": holder, "lease": lease}, Lease)


def _checked(access: Access) -> Access:
    if not access.host.strip() or not access.username.strip():
        raise SourceError("a mailbox needs a server and a user name")
    if not 1 <= access.port <= 65535:
        raise SourceError("the port is between 1 and 65535")
    if access.sign_in == "password" and not access.secret.password:
        raise SourceError("a mailbox needs a password, or OAuth")
    if access.sign_in == "oauth" and not (
        access.token_url and access.client_id and access.secret.refresh_token
    ):
        raise SourceError("OAuth needs a token address, a client id and a refresh token")
    if access.token_url and not access.token_url.startswith(
        ("https://", "http://127.0.0.1", "http://localhost")
    ):
        raise SourceError("the token address begins with https://")
    return access


def _opened(keyring: Keyring, found: Mailbox) -> Secret:
    return Secret(**json.loads(keyring.open(found.secret, about("mailbox", found.workspace_id))))


def _values(keyring: Keyring, workspace_id: WorkspaceId, access: Access) -> dict[str, object]:
    return {
        **_fields(access),
        "host": access.host.strip(),
        "workspace_id": workspace_id,
        "folders": list(access.folders),
        "secret": _sealed(keyring, workspace_id, access.secret),
    }


def _sealed(keyring: Keyring, workspace_id: WorkspaceId, secret: Secret) -> Sealed:
    plain = json.dumps({name: value for name, value in asdict(secret).items() if value})
    return keyring.seal(plain, about("mailbox", workspace_id))


def _fields(access: Access) -> dict[str, object]:
    return {name: getattr(access, name) for name in Access.__slots__}
