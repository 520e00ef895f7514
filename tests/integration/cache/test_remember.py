"""Nothing remembered is older than the bound: checked by history, under faults, against a real database.

Put in on purpose and found by these tests: the value and its stamp read in two transactions; the lease not
looked at; the reader's own transaction not waited for; changes asked for with xid > the last one seen.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Event, Lock, Thread

import psycopg
import pytest

from posthus.cache.feed import Feed, FeedUnreachableError, clock, prune
from posthus.cache.remember import Cache, Loaded, stand_still, written
from posthus.cache.snapshot import Topic
from posthus.database.pool import Database

Wait = Callable[[Callable[[], bool]], None]
BOUND = 0.5
KEYS = 6


@pytest.fixture
def workspace(database: Database) -> int:
    with database.transaction() as connection:
        made = connection.execute(
            "insert into posthus.workspace (name) values ('Lager') returning id"
        ).fetchone()
        assert made is not None
        for key in range(KEYS):
            connection.execute(
                "insert into posthus.company (workspace_id, name) values (%s, %s)", (made[0], f"{key}:0")
            )
    return int(made[0])


@pytest.fixture
def feed(database: Database) -> Iterator[Feed]:
    feed = Feed(database, BOUND)
    yield feed
    feed.close()


class Shelf:
    """A remembered register per company: its number of changes, read as a page reads it."""

    def __init__(self, database: Database, feed: Feed, workspace: int) -> None:
        self.cache: Cache[int] = Cache(feed)
        self._database = database
        self._workspace = workspace
        self.loads = 0

    def read(self, key: int, own: int | None = None) -> int:
        return self.cache.remember(key, lambda: self._load(key), own)

    def _load(self, key: int) -> Loaded[int]:
        self.loads += 1
        with self._database.transaction() as connection:
            stamp = stand_still(connection)
            found = connection.execute(
                "select split_part(name, ':', 2)::int from posthus.company"
                " where workspace_id = %s and name like %s",
                (self._workspace, f"{key}:%"),
            ).fetchone()
            time.sleep(random.random() * 0.02)  # a page that takes its time is where stale values come from
        assert found is not None
        return Loaded(int(found[0]), stamp, frozenset({Topic(self._workspace, "companies")}))


def bump(connection: psycopg.Connection, workspace: int, key: int, value: int) -> int:
    connection.execute(
        "update posthus.company set name = %s where workspace_id = %s and name like %s",
        (f"{key}:{value}", workspace, f"{key}:%"),
    )
    return written(connection)


class Trial:
    """Writers, readers and a killer at once; read values are judged by what was surely committed before."""

    def __init__(self, url: str, workspace: int) -> None:
        self.url, self.workspace = url, workspace
        self.stop, self.wrong = Event(), list[str]()
        self.shelves: list[Shelf] = []
        self._lock = Lock()
        self._commits: dict[int, list[tuple[float, int]]] = {key: [] for key in range(KEYS)}

    def write(self, own: Sequence[int]) -> None:
        values = dict.fromkeys(own, 0)
        while not self.stop.is_set():
            key = random.choice(own)
            values[key] += 1
            try:
                with psycopg.connect(self.url) as connection:
                    token = bump(connection, self.workspace, key, values[key])
                    if random.random() < 0.3:
                        self.stop.wait(0.1)  # an xid that commits late, after younger ones
            except psycopg.OperationalError:
                continue  # killed: whether it was committed is not known, so the history says nothing
            with self._lock:
                self._commits[key].append((clock(), values[key]))
            if random.random() < 0.5:
                self._look(random.choice(self.shelves), key, values[key], token)

    def read(self, shelf: Shelf) -> None:
        while not self.stop.wait(0.002):
            key = random.randrange(KEYS)
            self._look(shelf, key, self._least(key, clock() - BOUND), None)

    def kill(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self.stop.wait(0.4):
                connection.execute(
                    "select pg_terminate_backend(pid) from (select pid from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                    " order by random() limit 2) victims"
                )

    def hits(self) -> int:
        return sum(shelf.cache.hits for shelf in self.shelves)

    def _look(self, shelf: Shelf, key: int, least: int, token: int | None) -> None:
        try:
            seen = shelf.read(key, token)
        except (psycopg.Error, FeedUnreachableError):
            return  # no answer is no stale answer
        if seen < least:
            self.wrong.append(f"{key} had to be {least} at least, was read as {seen} (token {token})")

    def _least(self, key: int, before: float) -> int:
        with self._lock:
            return max((value for at, value in self._commits[key] if at <= before), default=0)


@pytest.mark.slow  # its faults end connections by name, which a pooler hides
def test_nothing_served_is_older_than_the_bound_under_faults(
    database_url: str, workspace: int, wait_until: Wait
) -> None:
    trial, opened, began = Trial(database_url, workspace), ExitStack(), clock()
    for _ in range(2):  # two processes' worth of feed and cache, sharing nothing but the database
        own = opened.enter_context(Database(database_url, connections=6))
        feed = Feed(own, BOUND)
        opened.callback(feed.close)
        trial.shelves.append(Shelf(own, feed, workspace))
    threads = [Thread(target=trial.kill)]
    threads += [Thread(target=trial.write, args=(range(first, KEYS, 2),)) for first in (0, 1)]
    threads += [Thread(target=trial.read, args=(shelf,)) for shelf in trial.shelves for _ in range(2)]
    with opened:
        for thread in threads:
            thread.start()
        try:
            wait_until(lambda: bool(trial.wrong) or (clock() - began > 8 and trial.hits() > 200))
        finally:
            trial.stop.set()
            for thread in threads:
                thread.join()
    assert not trial.wrong, trial.wrong[:5]


def test_a_reader_that_was_paused_asks_before_it_serves(
    database: Database, workspace: int, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "start", lambda: None)  # paused: its poller does not run
    shelf = Shelf(database, feed, workspace)
    assert shelf.read(1) == 0
    with database.transaction() as connection:
        bump(connection, workspace, 1, 7)
    monkeypatch.setattr("posthus.cache.feed.clock", lambda: clock() + 2 * BOUND)
    assert shelf.read(1) == 7


def test_a_writer_reads_its_own_write_in_every_process(
    database: Database, workspace: int, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "start", lambda: None)
    shelf = Shelf(database, feed, workspace)
    for value in range(1, 20):
        shelf.read(2)
        with database.transaction() as connection:
            token = bump(connection, workspace, 2, value)
        assert shelf.read(2, token) == value


def test_what_did_not_change_is_not_loaded_again(database: Database, workspace: int, feed: Feed) -> None:
    shelf = Shelf(database, feed, workspace)
    for _ in range(50):
        shelf.read(3)
    with database.transaction() as connection:
        token = written(connection)
        connection.execute("insert into posthus.contact (workspace_id) values (%s)", (workspace,))
    shelf.read(3, token)
    assert shelf.loads == 1


def test_many_readers_of_a_cold_key_load_once(database: Database, workspace: int, feed: Feed) -> None:
    shelf = Shelf(database, feed, workspace)
    together = Barrier(8)

    def read(_: int) -> int:
        together.wait()
        return shelf.read(4)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, range(8))) == {0}
    assert shelf.loads < 8


def test_nothing_is_served_when_the_feed_cannot_be_asked(
    database: Database, database_url: str, workspace: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(away := Database(database_url), BOUND)
    monkeypatch.setattr(feed, "start", lambda: None)
    shelf = Shelf(database, feed, workspace)
    assert shelf.read(5) == 0
    monkeypatch.setattr(away, "url", "postgresql://127.0.0.1:1/nowhere")
    feed.close()
    assert shelf.read(5) == 0  # the lease still lasts
    monkeypatch.setattr("posthus.cache.feed.clock", lambda: clock() + 2 * BOUND)
    with pytest.raises(FeedUnreachableError):
        shelf.read(5)


def test_pruning_keeps_what_a_late_commit_changed(
    database: Database, database_url: str, workspace: int
) -> None:
    with psycopg.connect(database_url) as late:
        bump(late, workspace, 0, 1)
        with database.transaction() as connection:
            bump(connection, workspace, 1, 1)
        for _ in range(3):
            with database.transaction() as connection:
                prune(connection, seconds=0)
        late.commit()
        with database.transaction() as connection:
            prune(connection, seconds=3600)
            kept = connection.execute("select count(*) from posthus.cache_change").fetchone()
    assert kept is not None
    assert kept[0] >= 1
    with database.transaction() as connection:
        prune(connection, seconds=0)
    with database.transaction() as connection:
        prune(connection, seconds=0)
        empty = connection.execute("select count(*) from posthus.cache_change").fetchone()
    assert empty == (0,)


def test_one_statement_on_many_rows_is_one_change(database: Database, workspace: int) -> None:
    with database.transaction() as connection:
        before = connection.execute("select count(*) from posthus.cache_change").fetchone()
        connection.execute(
            "insert into posthus.contact (workspace_id) select %s from generate_series(1, 500)", (workspace,)
        )
        after = connection.execute("select count(*) from posthus.cache_change").fetchone()
    assert before is not None
    assert after == (before[0] + 1,)


def test_a_change_that_commits_after_younger_ones_is_not_missed(
    database: Database, database_url: str, workspace: int, feed: Feed
) -> None:
    shelf = Shelf(database, feed, workspace)
    with psycopg.connect(database_url) as late:
        bump(late, workspace, 1, 5)
        with database.transaction() as younger:
            younger.execute("insert into posthus.contact (workspace_id) values (%s)", (workspace,))
        feed.refresh()
        assert shelf.read(1) == 0
    feed.refresh()
    assert shelf.read(1) == 5
