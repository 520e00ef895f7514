"""The log: jobs come out in the order of commits, and a delivery is known again."""

from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.jobs import FileEvent, SourceId, WorkspaceId
from posthus.queue.dedupe import Claim, remember
from posthus.queue.log import put


def test_put(database: Database) -> None:
    jobs = [FileEvent(WorkspaceId(1), SourceId(1), new_event_id()) for _ in range(100)]
    with database.transaction() as connection:
        put(connection, jobs)
    with database.transaction() as connection:
        rows = connection.execute("select subject from posthus.log order by id").fetchall()
    assert [row[0] for row in rows] == [job.event_id for job in jobs]


def test_remember(database: Database) -> None:
    a, b = new_event_id(), new_event_id()
    s = SourceId(1)
    with database.transaction() as connection:
        got = remember(connection, [Claim(s, b"x", a), Claim(s, b"x", b), Claim(s, b"y" * 99, b)])
    assert got == {(s, b"x"): a, (s, b"y" * 99): b}
    with database.transaction() as connection:
        assert remember(connection, [Claim(s, b"x", b)]) == {(s, b"x"): a}
