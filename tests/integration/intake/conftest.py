"""A workspace to receive for, and what was received."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from posthus.database.pool import Database
from posthus.intake.secrets import Sealed
from posthus.intake.sources import NewSource, Source, add_source, source_by_id
from posthus.jobs import WorkspaceId
from posthus.originals.opening import Stored, open_originals
from tests.keys import KEYRING

MakeSource = Callable[[NewSource], Source]


@pytest.fixture
def workspace_id(database: Database) -> WorkspaceId:
    """An empty workspace."""
    with database.transaction() as connection:
        made = connection.execute("insert into posthus.workspace (name) values ('Test') returning id")
        found = made.fetchone()
        assert found is not None
        return WorkspaceId(found[0])


@pytest.fixture
def make_source(database: Database) -> MakeSource:
    """Makes a source and answers it as it is stored, but with its secret open, to sign with."""

    def make(new: NewSource) -> Source:
        with database.transaction() as connection:
            made = add_source(connection, new, KEYRING)
            source = source_by_id(connection, new.workspace_id, made.id)
        assert source is not None
        return replace(source, secret=Sealed(made.secret) if made.secret else None)

    return make


@pytest.fixture
def bodies(database: Database) -> Callable[[], list[bytes]]:
    """The body of every stored event, as it was sent, in the order of arrival."""

    def read() -> list[bytes]:
        with database.transaction() as connection:
            found = connection.execute("select workspace_id, codec, body from posthus.event order by id")
            return open_originals(connection, [Stored(*one) for one in found.fetchall()])

    return read


@pytest.fixture
def count(database: Database) -> Callable[[str], int]:
    """How many rows a table has."""
    from psycopg import sql

    def of(table: str) -> int:
        query = sql.SQL("select count(*) from posthus.{}").format(sql.Identifier(table))
        with database.transaction() as connection:
            found = connection.execute(query).fetchone()
        assert found is not None
        return int(found[0])

    return of
