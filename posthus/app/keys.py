"""The keys that secrets are sealed with: from POSTHUS_SECRET_KEY, on one machine from a file beside the data."""

import os
from contextlib import suppress
from pathlib import Path

import psycopg

from posthus import telemetry
from posthus.app.settings import Settings
from posthus.database.pool import Database
from posthus.intake.secrets import Keyring, new_key, seal_plain


def keyring_of(settings: Settings) -> Keyring:
    """The ring to seal and open with; it is empty where no key is set and no file was made."""
    if settings.secret_keys:
        return Keyring(settings.secret_keys)
    if settings.database_url is None:
        make_key_file(settings)
    with suppress(FileNotFoundError):
        return Keyring(key_file(settings).read_text(encoding="ascii").split())
    return Keyring(())


def key_file(settings: Settings) -> Path:
    """Where a laptop keeps its key; further lines hold older ones."""
    return settings.data / "secret-key"


def make_key_file(settings: Settings) -> None:
    """Make the key file where no key is set: whole or not at all, for its owner alone, and never over another."""
    path = key_file(settings)
    if settings.secret_keys or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"secret-key.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{new_key()}\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()


def keep_sealed(database: Database, keyring: Keyring) -> None:
    """Seal what an earlier version stored openly; without a key nothing is touched, and `doctor` says so."""
    if keyring.first is None:
        return
    try:
        with database.transaction() as connection:
            changed = seal_plain(connection, keyring)
    except psycopg.OperationalError as error:
        # Away: the next start will do, and this one must not wait for it.
        telemetry.log("secrets_not_sealed", error=type(error).__name__)
        return
    if changed:
        telemetry.log("secrets_sealed", secrets=changed)
