"""Receiving costs the same few statements for one event and for hundreds."""

from collections.abc import Callable

import psycopg
import pytest

from posthus.database.pool import Database
from posthus.intake.inbox import NewEvent, receive
from posthus.intake.sources import NewSource, Source
from posthus.jobs import SourceId, WorkspaceId

MakeSource = Callable[[NewSource], Source]


@pytest.fixture
def generic(make_source: MakeSource, workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "webhook", "Form"))


def test_receiving_takes_the_same_few_statements_for_any_number(database: Database, generic: Source) -> None:
    def statements(events: int, permanent: bool) -> int:
        sent = 0
        batch = [
            NewEvent(
                generic.workspace_id,
                SourceId(generic.id),
                "mail",
                b"%d-%d" % (events, each),
                permanent=permanent,
            )
            for each in range(events)
        ]
        with database.transaction() as connection:
            execute = psycopg.Cursor.execute

            class Counting(psycopg.Cursor[tuple[object, ...]]):
                def execute(self, *given, **named):  # type: ignore[no-untyped-def]
                    nonlocal sent
                    sent += 1
                    return execute(self, *given, **named)

            connection.cursor_factory = Counting
            receive(connection, batch)
            connection.cursor_factory = psycopg.Cursor
        return sent

    for permanent in (True, False):
        assert statements(1, permanent) == statements(300, permanent) <= 7
