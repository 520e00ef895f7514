"""A Postgres of a benchmark's own, empty and migrated, gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import Connection

from posthus.app.connect import DATABASE
from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.jobs import WorkspaceId


def make_workspace(connection: Connection, name: str = "Bench") -> WorkspaceId:
    """A new, empty workspace."""
    [(number,)] = connection.execute(
        "insert into posthus.workspace (name) values (%s) returning id", (name,)
    ).fetchall()
    return WorkspaceId(number)


@contextmanager
def fresh_database() -> Iterator[Database]:
    """The database while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="posthus-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        try:
            server.create_database(DATABASE)
            migrate(server.url(DATABASE))
            with Database(server.url(DATABASE)) as database:
                yield database
        finally:
            server.stop()
