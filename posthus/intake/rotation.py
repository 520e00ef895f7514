"""Changing what protects a source: a new secret or address, with the former one good for a stated while."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import Connection

from posthus.intake.secrets import NO_KEYS, Keyring, about
from posthus.intake.sources import (
    SQL,
    Source,
    SourceError,
    SourceSecret,
    known_source,
    new_token,
    usable_secret,
)
from posthus.jobs import SourceId, WorkspaceId

LONGEST_OVERLAP = timedelta(days=7)
AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Rotation:
    """`secret` as the provider gave it (None: one is made, or a new address where there is none to make)."""

    secret: str | None = None
    overlap: timedelta = AT_ONCE


def rotate_secret(
    connection: Connection,
    place: tuple[WorkspaceId, SourceId],
    keyring: Keyring = NO_KEYS,
    rotation: Rotation = Rotation(),
) -> SourceSecret:
    """Replace what protects a webhook; the former is good for the overlap, then no longer (at once without one)."""
    workspace_id, source_id = place
    source = known_source(connection, workspace_id, source_id)
    if source.kind != "webhook":
        raise SourceError("only webhook sources have a secret to rotate")
    if not AT_ONCE <= rotation.overlap <= LONGEST_OVERLAP:
        raise SourceError(f"the former secret can be good for {LONGEST_OVERLAP.days} days at most")
    secret = _next_secret(source, rotation)
    token = source.token if secret is not None else new_token()
    until = datetime.now(UTC) + rotation.overlap if rotation.overlap else None
    which = {"workspace_id": workspace_id, "source_id": source_id}
    if until is None:
        connection.execute(SQL["forget_former"], which)
    else:
        former = {
            "secret": _former(source, keyring),
            "token": source.token if token != source.token else None,
        }
        connection.execute(SQL["keep_former"], {**which, **former, "until": until})
    sealed = None if secret is None else keyring.seal(secret, about("source", workspace_id))
    connection.execute(SQL["replace_secret"], {**which, "secret": sealed, "token": token})
    return SourceSecret(source.id, token, source.address, secret, until)


def open_secrets(source: Source, keyring: Keyring) -> tuple[str, ...]:
    """The secrets that are good now, the newest first; raises SecretKeyError where a key is missing."""
    found = []
    if source.secret is not None:
        found.append(keyring.open(source.secret, about("source", source.workspace_id)))
    if source.former_secret is not None and source.former_until and source.former_until > datetime.now(UTC):
        found.append(keyring.open(source.former_secret, about("former source", source.workspace_id)))
    return tuple(found)


def _next_secret(source: Source, rotation: Rotation) -> str | None:
    if rotation.secret is not None:
        return usable_secret(source.preset, rotation.secret)
    if source.secret is None and source.preset.optional:
        return None
    made = source.preset.proof.new_secret()
    if made is None:
        raise SourceError(f"only {source.provider} can make this secret: paste the one it shows")
    return made


def _former(source: Source, keyring: Keyring) -> str | None:
    if source.secret is None:
        return None
    workspace_id = source.workspace_id
    opened = keyring.open(source.secret, about("source", workspace_id))
    return keyring.seal(opened, about("former source", workspace_id))
