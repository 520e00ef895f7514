"""The database is migrated once, knows its workspaces apart, and speaks Danish."""

from datetime import UTC, datetime

import psycopg
import pytest

from posthus.database.identifiers import message_id_of, new_event_id, received_at
from posthus.database.migrate import migrate, migrations_folder, pending, read_migrations
from posthus.database.pool import Database, Identity


def test_a_second_migration_finds_nothing_to_do(database_url: str) -> None:
    assert pending(database_url) == []
    assert migrate(database_url) == []


def test_history_is_where_the_supabase_command_line_looks(database: Database) -> None:
    with database.transaction() as connection:
        versions = connection.execute(
            "select version from supabase_migrations.schema_migrations order by 1"
        ).fetchall()
    assert [version for (version,) in versions] == [
        one.version for one in read_migrations(migrations_folder())
    ]


def test_danish_words_are_stemmed_and_folded(database: Database) -> None:
    with database.transaction() as connection:
        found = connection.execute("select to_tsvector('danish', 'ÆBLERNE på taget')::text").fetchone()
    assert found is not None
    assert "'æbl':1" in found[0]


def test_a_member_sees_only_their_own_workspace(database: Database) -> None:
    with database.transaction() as connection:
        ids = [
            connection.execute(
                "insert into posthus.workspace (name) values (%s) returning id", (name,)
            ).fetchone()
            for name in ("Tag", "Fag")
        ]
        assert ids[0] is not None
        member = connection.execute(
            "insert into posthus.member (workspace_id, email, name, role)"
            " values (%s, 'a@example.dk', 'A', 'agent') returning id",
            ids[0],
        ).fetchone()
        assert member is not None
    with database.transaction(Identity(member_id=member[0])) as connection:
        seen = connection.execute("select id from posthus.workspace").fetchall()
        assert seen == [ids[0]]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "insert into posthus.audit (workspace_id, actor, action) values (%s, 'x', 'y')", ids[1]
            )


def test_every_table_is_isolated(database: Database) -> None:
    with database.transaction() as connection:
        bare = connection.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'posthus' and c.relkind in ('r', 'p') and not c.relrowsecurity"
        ).fetchall()
    assert bare == []


def test_event_ids_tell_their_time_and_message_ids_repeat() -> None:
    before = datetime.now(UTC)
    event = new_event_id()
    assert abs((received_at(event) - before).total_seconds()) < 60
    assert event.version == 7
    assert message_id_of(event, 1) == message_id_of(event, 1)
    assert message_id_of(event, 1) != message_id_of(event, 2)
    assert received_at(message_id_of(event, 1)) == received_at(event)


def test_an_event_lands_in_the_partition_of_its_month(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            "insert into posthus.event (id, workspace_id, source_id, kind, codec, size, digest, body)"
            " values (%s, 1, 1, 'mail', 0, 1, sha256('x'), 'x')",
            (new_event_id(),),
        )
        where = connection.execute("select tableoid::regclass::text from posthus.event").fetchone()
    assert where == (f"posthus.event_{datetime.now(UTC):%Y_%m}",)
