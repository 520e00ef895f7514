"""Secrets at rest: sealed with AES-256-GCM by the first key, opened by any key of the ring."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from os import urandom
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg import Connection

from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "secrets.sql")
# A column that holds sealed secrets: the query that reads them and the one that keeps one, by the subject's name.
COLUMNS = {
    "source": ("source_secrets", "keep_source_secret"),
    "mailbox": ("mailbox_secrets", "keep_mailbox_secret"),
    "former source": ("former_secrets", "keep_former_secret"),
}

Sealed = NewType("Sealed", str)
SHORTEST_KEY = 32  # characters
_NONCE = 12  # bytes, as NIST SP 800-38D has it
_FORM = re.compile(r"sealed:1:([0-9a-f]{8}):([A-Za-z0-9_-]+=*)")


class SecretKeyError(Exception):
    """A key is missing, too short or not the one that sealed; the message says what to do."""


class Keyring:
    """The keys of one installation, the first for sealing; an empty ring refuses to seal and to open."""

    def __init__(self, keys: Sequence[str]) -> None:
        for key in keys:
            if len(key) < SHORTEST_KEY:
                raise SecretKeyError(
                    f"a key in POSTHUS_SECRET_KEY has {len(key)} characters; take {SHORTEST_KEY} random ones"
                    " or more: posthus secrets new-key"
                )
        self._ciphers = {_name(key): AESGCM(_derived(key)) for key in keys}

    @property
    def first(self) -> str | None:
        """The name of the key that seals; None for an empty ring."""
        return next(iter(self._ciphers), None)

    def seal(self, secret: str, about: str) -> Sealed:
        """The secret as it may be stored; it opens for the same `about` only."""
        name = self.first
        if name is None:
            raise SecretKeyError("no key to seal secrets with: set POSTHUS_SECRET_KEY")
        nonce = urandom(_NONCE)
        box = nonce + self._ciphers[name].encrypt(nonce, secret.encode(), about.encode())
        return Sealed(f"sealed:1:{name}:{urlsafe_b64encode(box).decode()}")

    def open(self, sealed: Sealed, about: str) -> str:
        """What was sealed; raises SecretKeyError for another key's, another subject's or a damaged one.

        A secret that was stored before there were keys is answered as it is.
        """
        name = sealed_by(sealed)
        if name is None:
            return sealed
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SecretKeyError(f"a secret was sealed with key {name}, which is not in POSTHUS_SECRET_KEY")
        box = urlsafe_b64decode(sealed.rpartition(":")[2])
        try:
            return cipher.decrypt(box[:_NONCE], box[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError):
            raise SecretKeyError("a stored secret is damaged: enter it again") from None


NO_KEYS = Keyring(())


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """One sealed secret where it lies."""

    id: int
    workspace_id: WorkspaceId
    secret: Sealed


@dataclass(frozen=True, slots=True)
class SecretCounts:
    """How the stored secrets stand: with the first key, an older one, none yet, or a key that is not here."""

    current: int
    older: int
    plain: int
    lost: int


def sealed_by(secret: str) -> str | None:
    """The name of the key that sealed it; None where it is not sealed."""
    found = _FORM.fullmatch(secret)
    return found[1] if found else None


def about(subject: str, workspace_id: WorkspaceId) -> str:
    """What a secret belongs to: it cannot be moved to another kind or another workspace."""
    return f"{subject} of workspace {workspace_id}"


def seal_plain(connection: Connection, keyring: Keyring) -> int:
    """Seal what an earlier version stored openly, and tell how many."""
    return _seal_again(connection, keyring, lambda name: name is None)


def reseal(connection: Connection, keyring: Keyring) -> int:
    """Seal with the first key whatever is not yet, and tell how many; what no key opens stays as it is.

    Not at start: while keys are being changed, a process that lacks the new one could open nothing.
    """
    return _seal_again(connection, keyring, lambda name: name != keyring.first)


def _seal_again(connection: Connection, keyring: Keyring, wanted: Callable[[str | None], bool]) -> int:
    changed = 0
    for subject, (read, keep) in COLUMNS.items():
        for one in rows(connection, SQL[read], {}, StoredSecret):
            if not wanted(sealed_by(one.secret)):
                continue
            belongs = about(subject, one.workspace_id)
            try:
                fresh = keyring.seal(keyring.open(one.secret, belongs), belongs)
            except SecretKeyError:
                continue
            kept = connection.execute(SQL[keep], {"id": one.id, "old": one.secret, "secret": fresh})
            changed += kept.rowcount
    return changed


def count_secrets(connection: Connection, keyring: Keyring) -> SecretCounts:
    """How the stored secrets stand with these keys."""
    current = older = plain = lost = 0
    for subject, (read, _) in COLUMNS.items():
        for one in rows(connection, SQL[read], {}, StoredSecret):
            try:
                keyring.open(one.secret, about(subject, one.workspace_id))
            except SecretKeyError:
                lost += 1
                continue
            name = sealed_by(one.secret)
            plain += name is None
            current += name is not None and name == keyring.first
            older += name is not None and name != keyring.first
    return SecretCounts(current, older, plain, lost)


def new_key() -> str:
    """A key for POSTHUS_SECRET_KEY: 256 random bits."""
    return urandom(32).hex()


def _name(key: str) -> str:
    return sha256(b"posthus key name\0" + key.encode()).hexdigest()[:8]


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"posthus secrets").derive(key.encode())
