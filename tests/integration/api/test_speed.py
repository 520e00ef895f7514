"""How long messages take is told of the workspace's own, without imports."""

from datetime import UTC, datetime, timedelta

import pytest

from posthus.database.pool import Database
from posthus.operations.status import latencies
from tests.integration.api.conftest import House
from tests.integration.api.office import Office

HOUR = timedelta(hours=1)


@pytest.fixture
def office(database: Database, house: House) -> Office:
    return Office(database, house)


def test_each_step_counts_from_when_the_event_was_received(
    database: Database, office: Office, house: House, neighbour: House
) -> None:
    office.put_many(5)
    Office(database, neighbour).put_many(2)
    with database.transaction() as connection:
        connection.execute("update posthus.message set filed_at = filed_at + interval '10 seconds'")
        connection.execute(
            "update posthus.conversation_message set linked_at = linked_at + interval '20 seconds'"
        )
        found = latencies(connection, house.id, datetime.now(UTC) - HOUR)
        later = latencies(connection, house.id, datetime.now(UTC) + HOUR)
    filed, linked = found
    assert (filed.step, filed.messages, linked.step, linked.messages) == ("filed", 5, "linked", 5)
    assert 10 <= filed.p50 <= filed.p95 <= filed.p99 < linked.p50 + 10
    assert linked.p50 >= 20
    assert later == []


def test_imports_tell_nothing_of_how_quick_mail_is(database: Database, office: Office, house: House) -> None:
    office.put_many(3)
    with database.transaction() as connection:
        connection.execute("update posthus.source set kind = 'import'")
        assert latencies(connection, house.id, datetime.now(UTC) - HOUR) == []
