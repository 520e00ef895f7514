"""Sources: who may send, where to, and how they prove it."""

import json
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict

from psycopg import Connection
from psycopg.errors import UniqueViolation

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.intake.presets import PRESETS, PROVIDERS
from posthus.intake.secrets import NO_KEYS, Keyring, Sealed, about
from posthus.intake.verify import SecretError, secret_bytes
from posthus.jobs import EventId, SourceId, WorkspaceId

SQL = load(__file__)

Kind = Literal["webhook", "smtp", "imap", "import"]
LARGEST_WEBHOOK = 10_000_000
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


class SourceError(Exception):
    """A source cannot be made or changed; the message tells the person why and what to do."""


class Settings(TypedDict, total=False):
    """What a source may decide for itself; `mapping` holds JMESPath expressions for generic JSON."""

    max_bytes: int
    mapping: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One row of posthus.source; without a secret its deliveries need no signature."""

    id: SourceId
    workspace_id: WorkspaceId
    kind: str
    provider: str
    name: str
    token: str | None
    address: str | None
    secret: Sealed | None = field(repr=False)
    settings: Settings
    enabled: bool
    created_at: datetime

    @property
    def max_bytes(self) -> int:
        """The largest body it takes."""
        return self.settings.get("max_bytes", LARGEST_WEBHOOK)


@dataclass(frozen=True, slots=True)
class NewSource:
    """What making a source takes; `signed=False` makes a webhook that its unguessable address alone protects."""

    workspace_id: WorkspaceId
    kind: Kind
    name: str
    provider: str = "generic"
    address: str | None = None
    secret: str | None = None
    signed: bool = True
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class SourceSecret:
    """A new source or a rotated secret; the secret is told this once. The path is `/in/{token}`."""

    id: SourceId
    token: str | None
    address: str | None
    secret: str | None


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What to change on a source; None leaves it as it is."""

    name: str | None = None
    enabled: bool | None = None
    settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many events a source has sent, and the newest of them."""

    source_id: SourceId
    received: int
    last_event_id: EventId | None


def add_source(connection: Connection, new: NewSource, keyring: Keyring = NO_KEYS) -> SourceSecret:
    """Make a source with a token or an address and, where its provider signs, a secret: that takes a key."""
    if not new.name.strip():
        raise SourceError("a source needs a name")
    _check_settings(new.settings)
    address = _address(new)
    secret = _secret(new)
    values = {
        "workspace_id": new.workspace_id,
        "kind": new.kind,
        "provider": new.provider,
        "name": new.name.strip(),
        "token": new_token() if new.kind == "webhook" else None,
        "address": address,
        "secret": _sealed(keyring, secret, new.workspace_id),
        "settings": json.dumps(new.settings),
    }
    try:
        with connection.transaction():
            made = row(connection, SQL["add_source"], values, Source)
    except UniqueViolation as error:
        raise SourceError(_taken(error, new.name, address)) from None
    if made is None:
        raise SourceError("the source could not be made")
    return SourceSecret(made.id, made.token, made.address, secret)


def rotate_secret(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId, keyring: Keyring = NO_KEYS
) -> SourceSecret:
    """Replace what protects a webhook: its secret, or its token where it has no secret."""
    source = _known(connection, workspace_id, source_id)
    if source.kind != "webhook":
        raise SourceError("only webhook sources have a secret to rotate")
    secret = new_secret(source.provider) if source.secret is not None else None
    token = source.token if source.secret is not None else new_token()
    connection.execute(
        SQL["rotate_secret"],
        {
            "workspace_id": workspace_id,
            "source_id": source_id,
            "secret": _sealed(keyring, secret, workspace_id),
            "token": token,
        },
    )
    return SourceSecret(source.id, token, source.address, secret)


def change_source(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId, change: SourceChange
) -> Source:
    """Rename, switch on or off, or merge settings; the source as it is afterwards."""
    if change.name is not None and not change.name.strip():
        raise SourceError("a source needs a name")
    _check_settings(change.settings or Settings())
    values = {
        "workspace_id": workspace_id,
        "source_id": source_id,
        "name": change.name.strip() if change.name is not None else None,
        "enabled": change.enabled,
        "settings": json.dumps(change.settings or {}),
    }
    try:
        with connection.transaction():
            changed = row(connection, SQL["change_source"], values, Source)
    except UniqueViolation as error:
        raise SourceError(_taken(error, change.name or "", None)) from None
    if changed is None:
        raise SourceError(f"there is no source {source_id}")
    return changed


def sources(connection: Connection, workspace_id: WorkspaceId) -> list[Source]:
    """Every source of a workspace, by name."""
    return rows(connection, SQL["sources"], {"workspace_id": workspace_id}, Source)


def source_by_id(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> Source | None:
    """One source of a workspace."""
    return row(
        connection, SQL["source_by_id"], {"workspace_id": workspace_id, "source_id": source_id}, Source
    )


def source_by_name(connection: Connection, workspace_id: WorkspaceId, name: str) -> Source | None:
    """The source that a person calls `name`; its number does as well."""
    return row(connection, SQL["source_by_name"], {"workspace_id": workspace_id, "name": name}, Source)


def source_by_token(connection: Connection, token: str) -> Source | None:
    """The enabled webhook source behind `/in/{token}`."""
    return row(connection, SQL["source_by_token"], {"token": token}, Source)


def source_by_address(connection: Connection, address: str) -> Source | None:
    """The enabled source of an address; `post+anything@…` belongs to `post@…` unless it has its own."""
    asked = {"address": address.lower(), "base": base_address(address)}
    return row(connection, SQL["source_by_address"], asked, Source)


def base_address(address: str) -> str:
    """The address without what stands after a plus."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def arrivals(connection: Connection, workspace_id: WorkspaceId) -> list[Arrivals]:
    """What each source has sent so far; `received_at(last_event_id)` tells when it last did."""
    return rows(connection, SQL["arrivals"], {"workspace_id": workspace_id}, Arrivals)


def new_token() -> str:
    """32 characters that nobody guesses (192 bits)."""
    return secrets.token_urlsafe(24)


def new_secret(provider: str) -> str | None:
    """A secret in the provider's form; None for providers that do not sign."""
    scheme = PRESETS[provider].scheme
    if scheme is None:
        return None
    if scheme.key_form == "whsec":
        return "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)


def _known(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> Source:
    source = source_by_id(connection, workspace_id, source_id)
    if source is None:
        raise SourceError(f"there is no source {source_id}")
    return source


def _sealed(keyring: Keyring, secret: str | None, workspace_id: WorkspaceId) -> Sealed | None:
    return None if secret is None else keyring.seal(secret, about("source", workspace_id))


def _secret(new: NewSource) -> str | None:
    if new.kind != "webhook":
        return None
    preset = PRESETS.get(new.provider)
    if preset is None:
        why = "has no preset yet" if new.provider in PROVIDERS else "is not known"
        raise SourceError(f"the provider {new.provider} {why}; there are: {', '.join(PRESETS)}")
    if not new.signed:
        if new.provider not in ("generic", "wotnot") or new.secret is not None:
            raise SourceError(f"deliveries of {new.provider} are signed; leave the signature on")
        return None
    if new.secret is None:
        return new_secret(new.provider)
    if preset.scheme is not None:
        try:
            secret_bytes(preset.scheme, new.secret)
        except SecretError as error:
            raise SourceError(str(error)) from None
    if not new.secret:
        raise SourceError("the secret is empty")
    return new.secret


def _address(new: NewSource) -> str | None:
    if new.kind != "smtp":
        return None
    address = (new.address or "").strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise SourceError("a mail source needs an address such as support@example.com")
    return address


def _check_settings(settings: Mapping[str, object]) -> None:
    limit = settings.get("max_bytes")
    if limit is not None and not (isinstance(limit, int) and 1 <= limit <= 100_000_000):
        raise SourceError("max_bytes is between 1 and 100000000")


def _taken(error: UniqueViolation, name: str, address: str | None) -> str:
    if "address" in (error.diag.constraint_name or ""):
        return f"another source already receives mail for {address}"
    return f"there is already a source called {name}"
