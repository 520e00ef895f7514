"""Sources: who may send, where to, and how they prove it."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict

from psycopg import Connection
from psycopg.errors import UniqueViolation

from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.intake.providers.preset import UNVERIFIED, Preset, Unverified
from posthus.intake.providers.table import PRESETS
from posthus.intake.secrets import NO_KEYS, Keyring, Sealed, about
from posthus.jobs import EventId, SourceId, WorkspaceId

SQL = load(__file__)

Kind = Literal["webhook", "smtp", "imap", "import"]
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


class SourceError(Exception):
    """A source cannot be made or changed; the message tells the person why and what to do."""


class Settings(TypedDict, total=False):
    """What a source may decide for itself.

    `mapping` holds JMESPath expressions for generic JSON, `unverified` says what becomes of deliveries that prove
    nothing (absent: as the provider bears it), `per_minute` how many may come in a minute (0 or absent: any number).
    """

    max_bytes: int
    per_minute: int
    unverified: Unverified
    mapping: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One row of posthus.source_row; without a secret its address alone protects it.

    What protected it before it was rotated is good until `former_until`. `kept_aside` events wait for a person.
    """

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
    former_secret: Sealed | None = field(default=None, repr=False)
    former_token: str | None = None
    former_until: datetime | None = None
    kept_aside: int = 0
    kept_aside_bytes: int = 0

    @property
    def preset(self) -> Preset:
        """What is known of its provider; one without webhooks of its own counts as generic."""
        return PRESETS.get(self.provider, PRESETS["generic"])

    @property
    def max_bytes(self) -> int:
        """The largest body it takes."""
        return self.settings.get("max_bytes", self.preset.largest)

    @property
    def per_minute(self) -> int:
        """How many deliveries it may make in a minute; 0 for any number."""
        return self.settings.get("per_minute", 0)

    @property
    def unverified(self) -> Unverified:
        """What becomes of a delivery that proves nothing."""
        return self.settings.get("unverified", self.preset.manner.unverified)


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
    """A new source or a rotated secret; the secret is told this once. The path is `/in/{token}`.

    After a rotation, `former_until` says how long the one before is good.
    """

    id: SourceId
    token: str | None
    address: str | None
    secret: str | None = field(repr=False)
    former_until: datetime | None = None


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
    token = new_token() if new.kind == "webhook" else None
    values = {
        "workspace_id": new.workspace_id,
        "kind": new.kind,
        "provider": new.provider,
        "name": new.name.strip(),
        "token": token,
        "address": address,
        "secret": _sealed(keyring, secret, new.workspace_id),
        "settings": json.dumps(new.settings),
    }
    try:
        with connection.transaction():
            source_id = SourceId(number(connection, SQL["add_source"], values))
    except UniqueViolation as error:
        raise SourceError(_taken(error, new.name, address)) from None
    return SourceSecret(source_id, token, address, secret)


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
            connection.execute(SQL["change_source"], values)
    except UniqueViolation as error:
        raise SourceError(_taken(error, change.name or "", None)) from None
    return known_source(connection, workspace_id, source_id)


def known_source(connection: Connection, workspace_id: WorkspaceId, source_id: SourceId) -> Source:
    """One source of a workspace; raises SourceError where there is none."""
    source = source_by_id(connection, workspace_id, source_id)
    if source is None:
        raise SourceError(f"there is no source {source_id}")
    return source


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


def _sealed(keyring: Keyring, secret: str | None, workspace_id: WorkspaceId) -> Sealed | None:
    return None if secret is None else keyring.seal(secret, about("source", workspace_id))


def _secret(new: NewSource) -> str | None:
    if new.kind != "webhook":
        return None
    preset = preset_of(new.provider)
    if not new.signed:
        if not preset.optional or new.secret is not None:
            raise SourceError(f"deliveries of {new.provider} are signed; leave the signature on")
        return None
    if new.secret is None:
        # Providers that sign only if they are asked to are protected by the unguessable address until then.
        return None if preset.optional and new.provider != "generic" else preset.proof.new_secret()
    return usable_secret(preset, new.secret)


def preset_of(provider: str) -> Preset:
    """What is known of a provider; raises SourceError where it is none of ours."""
    preset = PRESETS.get(provider)
    if preset is None:
        raise SourceError(f"the provider {provider} is not known; there are: {', '.join(PRESETS)}")
    return preset


def usable_secret(preset: Preset, secret: str) -> str:
    """The secret without what was copied around it; raises SourceError where it has not the provider's form."""
    secret = secret.strip()
    problem = preset.proof.problem(secret)
    if problem is not None:
        raise SourceError(problem)
    return secret


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
    rate = settings.get("per_minute", 0)
    if not (isinstance(rate, int) and 0 <= rate <= 1_000_000):
        raise SourceError("per_minute is between 0 and 1000000")
    if settings.get("unverified", "refuse") not in UNVERIFIED:
        raise SourceError(f"unverified is one of {', '.join(UNVERIFIED)}")


def _taken(error: UniqueViolation, name: str, address: str | None) -> str:
    if "address" in (error.diag.constraint_name or ""):
        return f"another source already receives mail for {address}"
    return f"there is already a source called {name}"
