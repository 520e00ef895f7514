"""A connection of one thread's own: opened when first needed, given up and opened again when it breaks."""

from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import Connection

Answer = TypeVar("Answer")


class DatabaseAwayError(Exception):
    """The database cannot be reached or cannot write now; what was asked may be asked again later."""


class OwnConnection:
    """Not for two threads at once. Small waits: a pool's would be longer than a sender's patience."""

    def __init__(self, url: str, *, name: str, connect_seconds: int = 2) -> None:
        self.url = url
        self.name = name
        self.connect_seconds = connect_seconds
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], Answer], *, statement: bool = False) -> Answer:
        """Do `work` in one transaction; once more on a new connection where the kept one had broken.

        With `statement` the work is a single statement, which is a transaction by itself and takes one exchange.
        `work` may therefore run twice, the first time possibly committed. Raises DatabaseAwayError, or
        DataError and IntegrityError of psycopg where the database refuses what it was given.
        """
        kept = self._connection is not None
        try:
            return self._run(work, statement)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            broken = self._connection is None
            if not (kept and broken):
                raise DatabaseAwayError(str(error)) from error
        try:
            return self._run(work, statement)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise DatabaseAwayError(str(error)) from error

    def close(self) -> None:
        """Close it; the next `run` opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _run(self, work: Callable[[Connection], Answer], statement: bool) -> Answer:  # noqa: FBT001
        if self._connection is None:
            self._connection = psycopg.connect(
                self.url,
                autocommit=True,
                prepare_threshold=None,
                application_name=self.name,
                connect_timeout=self.connect_seconds,
                # A server that fell silent is given up after ten seconds, not after the kernel's fifteen minutes.
                tcp_user_timeout=10_000,
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
            )
        connection = self._connection
        try:
            if statement:
                return work(connection)
            with connection.transaction():
                return work(connection)
        except (psycopg.DataError, psycopg.IntegrityError):
            raise
        except psycopg.Error as error:
            # Read-only after a failover, out of disk, not migrated: a new connection may find it otherwise.
            self.close()
            if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
                raise
            raise DatabaseAwayError(str(error)) from error
