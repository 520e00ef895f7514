"""Words and meaning are looked up at once, on two connections that see the same, and never wait for each other."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from posthus.cache.feed import Feed
from posthus.database.pool import Database
from posthus.search.calling_off import CalledOffError, CallOff
from posthus.search.remembered import RememberedSearches
from posthus.search.request import SearchRequest
from posthus.search.search import search
from posthus.search.still import standing_still
from tests.integration.search.conftest import Desk

direct = pytest.mark.skipif(
    bool(os.environ.get("POSTHUS_TEST_POOLER")), reason="a pooler's connections are not taken in pairs"
)


@pytest.fixture
def ready(database: Database) -> Database:
    """The database with two connections that are free."""
    with database.transaction(), database.transaction():
        pass
    return database


@direct
def test_the_second_connection_sees_what_the_first_does_and_nothing_newer(ready: Database) -> None:
    with standing_still(ready) as still, still.beside() as other:
        assert other is not None
        with ready.autocommit() as writing:
            writing.execute("insert into posthus.workspace (name) values ('newer')")
        for connection in (still.connection, other):
            found = connection.execute("select count(*), pg_current_snapshot()::text from posthus.workspace")
            assert found.fetchone() == (0, str(still.stamp))


def test_none_is_waited_for_where_none_is_free(database_url: str) -> None:
    with (
        Database(database_url, connections=1) as single,
        standing_still(single) as still,
        still.beside() as other,
    ):
        assert other is None


@direct
def test_a_pooler_is_never_asked_for_a_second_one(ready: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pooler says of its connections is not what the server says."""
    with standing_still(ready) as still:
        monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", -1)
        with still.beside() as other:
            assert other is None


@direct
def test_both_are_ended_when_the_caller_leaves(
    ready: Database, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    call_off = CallOff()

    def both() -> None:
        with (
            standing_still(ready, call_off=call_off) as still,
            still.beside() as other,
            ThreadPoolExecutor(1) as side,
        ):
            assert other is not None
            waiting = side.submit(other.execute, "select pg_sleep(600)")
            still.connection.execute("select pg_sleep(600)")
            waiting.result()

    with ThreadPoolExecutor(1) as pool, ready.autocommit() as watching:
        ended = pool.submit(both)

        def running() -> bool:
            query = "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'"
            return watching.execute(query).fetchone() == (2,)

        wait_until(running)
        call_off.now()
        with pytest.raises(CalledOffError):
            ended.result()
        assert not running()


@pytest.mark.parametrize("connections", [1, 2, 3])
def test_many_searches_share_few_connections_and_answer_as_one_alone_does(
    desk: Desk, database_url: str, connections: int
) -> None:
    for number in range(6):
        desk.put(f"Sag {number} om tag", "Det drypper ned i stuen")
    request = SearchRequest(desk.office.house.id, "tag drypper")
    alone = search(desk.database.transaction, request, desk.meaning)
    start = threading.Barrier(4)
    with Database(database_url, connections=connections) as few:
        feed = Feed(few)

        def ask(_: int) -> list[object]:
            searches = RememberedSearches(feed)
            start.wait()
            return [
                searches.search(lambda: standing_still(few), replace(request, limit=limit), desk.meaning)[
                    0
                ].hits
                for limit in range(10, 15)
            ]

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(ask, range(4)))
        feed.close()
    assert all(hits == alone.hits for answered in answers for hits in answered)
