"""Finding the database: the one that is set, the one of a running `posthus up`, or our own for a moment."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from posthus.app.settings import Settings
from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate, pending
from posthus.database.pool import Database

DATABASE = "posthus"


class NotReadyError(Exception):
    """The database cannot be used yet; the message says what to do."""


class FolderInUseError(Exception):
    """Another `posthus up` runs in this data folder."""


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of the data folder, not started."""
    return EmbeddedPostgres(settings.data / "postgres")


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Hold the data folder: one owner at a time; the lock ends with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUseError(
                f"Posthus already runs in {folder}; use another --data or stop it"
            ) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def reach(settings: Settings) -> Iterator[Database]:
    """The database for one command, migrated; starts the embedded server when nobody else has."""
    if settings.database_url is not None:
        if pending(settings.database_url):
            raise NotReadyError("the database lacks migrations: run posthus migrate")
        with Database(settings.database_url, name="posthus-command") as database:
            yield database
        return
    server = embedded(settings)
    if server.answers():
        with Database(server.url(DATABASE), name="posthus-command") as database:
            yield database
        return
    with (
        owned(settings.data),
        started(server),
        Database(server.url(DATABASE), name="posthus-command") as database,
    ):
        yield database


@contextmanager
def started(server: EmbeddedPostgres) -> Iterator[None]:
    """The embedded server, running and migrated while the block lasts."""
    server.start()
    try:
        server.create_database(DATABASE)
        migrate(server.url(DATABASE))
        yield
    finally:
        server.stop()
