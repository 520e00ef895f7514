"""Remembered answers are those that a search made anew gives, whatever was committed in between and in which order."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from math import log2
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from posthus.api.members import ensure_workspace
from posthus.cache.feed import Feed
from posthus.conversations.linking import link_messages
from posthus.database.pool import Database
from posthus.jobs import LinkMessage, MessageId
from posthus.search import arms, standing, words
from posthus.search.plan import Thresholds
from posthus.search.remembered import RememberedSearches, prune_changes
from posthus.search.request import Mode, SearchRequest, SearchResult
from posthus.search.search import search
from posthus.search.still import Still, standing_still
from posthus.telemetry import Meter
from tests.integration.api.conftest import House
from tests.integration.api.office import Office
from tests.integration.search.conftest import Desk

WORDS = ["tag", "tagrende", "rende", "rende", "garanti", "pris", "prisen", "tilbud", "skorsten", "mursten"]
QUERIES = [
    "tag",
    "tagrnde",
    "tag rende",
    "prisen på tilbud",
    '"tag rende"',
    "garanti -pris",
    "tag fra:kunde1",
    "skorsten emne:tag",
    "mur tag efter:2d",
    "tilbud er:åben",
    "firma:kunde2.example.com",
    "kontakt:bo garanti",
]
MODES: tuple[Mode, ...] = ("hybrid", "words", "meaning")

some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), some_words, some_words),
        st.tuples(st.just("file"), some_words, some_words),
        st.tuples(st.sampled_from(["link", "embed", "learn", "open", "commit", "answer"])),
        st.tuples(st.sampled_from(["rename", "rewrite", "delete", "close", "move"])),
        st.tuples(st.just("ask"), st.sampled_from(QUERIES), st.sampled_from(MODES)),
        st.tuples(st.just("ask"), st.sampled_from(QUERIES), st.sampled_from(MODES)),
    ),
    min_size=6,
    max_size=18,
)


class Story:
    """A workspace in which things happen, and two ways to ask about it."""

    def __init__(
        self, database: Database, feed: Feed, meter: Meter, limits: Thresholds | None = None
    ) -> None:
        self.database, self.feed, self.limits = database, feed, limits
        with database.transaction() as connection:
            workspace = ensure_workspace(connection, f"Firma {uuid4()}", [])[0]
        self.desk = Desk(database, Office(database, House(workspace)))
        self.searches = RememberedSearches(feed, meter, limits)
        self.filed: list[UUID] = []
        self.asked: set[tuple[str, Mode]] = set()
        self.writing: Connection | None = None
        # Every word is there from the beginning, so that what comes later seldom makes a search begin anew.
        mail = self.desk.office.mail
        self.filed += self.desk.office.put(*(mail(f"{word} {word}", " ".join(WORDS)) for word in WORDS))
        self._learn()
        self._embed()

    def close(self) -> None:
        if self.writing is not None:
            self.writing.close()

    def do(self, step: tuple[str, ...]) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])

    def check(self) -> None:
        """Whatever was asked before is answered as if for the first time."""
        self.feed.refresh()
        for text, mode in sorted(self.asked):
            self._ask(text, mode)

    def _put(self, subject: str, text: str) -> None:
        self.filed += self.desk.office.put(self.desk.office.mail(subject, text))

    def _file(self, subject: str, text: str) -> None:
        """Without finding its conversation yet."""
        (message,) = self.desk.office.put(self.desk.office.mail(subject, text))
        self._execute("delete from posthus.conversation_message where message_id = %s", message)
        self._execute("delete from posthus.thread_node where workspace_id = %s", self.desk.workspace)
        self.filed.append(message)

    def _link(self) -> None:
        jobs = [
            LinkMessage(self.desk.office.house.id, self.desk.office.source_id, MessageId(one))
            for one in self.filed
        ]
        with self.database.transaction() as connection:
            link_messages(connection, jobs)

    def _embed(self) -> None:
        self.desk.embed(*self.filed)

    def _learn(self) -> None:
        self.desk.learn(*self.filed)

    def _open(self) -> None:
        """A writer that stays open while others commit, and has a number before them."""
        if self.writing is None and self.filed:
            self.writing = psycopg.connect(self.database.url)
            self.writing.execute(
                "insert into posthus.message (id, workspace_id, event_id, source_id, channel, direction, sent_at, received_at, subject, words)"
                " select gen_random_uuid(), workspace_id, gen_random_uuid(), source_id, channel, direction, now(), now(), subject, words"
                " from posthus.message where id = %s",
                (self.filed[-1],),
            )

    def _commit(self) -> None:
        if self.writing is not None:
            self.writing.commit()
            self.writing.close()
            self.writing = None

    def _answer(self) -> None:
        """A mail that makes one conversation of all of them."""
        rows = self._execute(
            "select message_id from posthus.message where workspace_id = %s and message_id is not null",
            self.desk.workspace,
        )
        names = [str(one) for (one,) in rows]
        self.filed += self.desk.office.put(self.desk.office.mail("tag", "pris", answers=names))

    def _rename(self) -> None:
        self._execute(
            "update posthus.contact set name = 'Bo Bak' where workspace_id = %s", self.desk.workspace
        )

    def _rewrite(self) -> None:
        self._execute(
            "update posthus.message set subject = 'garanti', words = to_tsvector('danish', 'garanti tag') where id = %s",
            self.filed[-1] if self.filed else None,
        )

    def _delete(self) -> None:
        if self.filed:
            gone = self.filed.pop()
            for table, column in (
                ("conversation_message", "message_id"),
                ("chunk", "message_id"),
                ("message", "id"),
            ):
                self._execute(f"delete from posthus.{table} where {column} = %s", gone)

    def _close(self) -> None:
        self._execute(
            "update posthus.conversation set status = 'closed' where workspace_id = %s", self.desk.workspace
        )

    def _move(self) -> None:
        self._execute(
            "update posthus.contact set company_id = null where workspace_id = %s", self.desk.workspace
        )

    def _ask(self, text: str, mode: Mode) -> None:
        self.asked.add((text, mode))
        request = SearchRequest(self.desk.office.house.id, text, mode)
        self.feed.refresh()
        remembered, level = self.searches.search(self._still, request, self.desk.meaning)
        anew = search(self.database.transaction, request, self.desk.meaning, self.limits)
        assert essence(remembered) == essence(anew), f"{text} ({mode}), {level}"

    def _execute(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with self.database.transaction() as connection:
            done = connection.execute(statement.encode(), parameters)
            return done.fetchall() if done.description else []

    def _still(self) -> AbstractContextManager[Still]:
        return standing_still(self.database)


def essence(result: SearchResult) -> SearchResult:
    """All but how long it took and how it was found."""
    return replace(result, milliseconds=0.0, plan="")


@pytest.fixture
def feed(database: Database) -> Iterator[Feed]:
    feed = Feed(database)
    yield feed
    feed.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_remembered_answer_is_the_one_that_a_new_search_gives(
    database: Database, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Among so few messages every one would move the weights, and no answer could be brought up to date.
    monkeypatch.setattr(words, "step", lambda count: round(log2(count) / 3))
    meter, seen = Meter(), Counter[str]()

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(steps)
    def tell(story: list[tuple[str, ...]]) -> None:
        told = Story(database, feed, meter)
        try:
            for step in story:
                told.do(step)
            told.check()
            told.check()
        finally:
            told.close()

    tell()
    seen.update({name: int(amount) for name, amount in meter.take().items()})
    assert min(seen["search.kept"], seen["search.updated"], seen["search.new"]) > 20, seen


def test_a_full_pool_keeps_the_newest_as_a_new_search_does(
    database: Database, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for few candidates and chunks, what comes pushes out what a new search would not look at."""
    for module in (arms, standing):
        monkeypatch.setattr(module, "CANDIDATES", 3)
    meter = Meter()
    told = Story(database, feed, meter, Thresholds(chunks=4))
    for number in range(8):
        told.do(("put", f"tag {WORDS[number]}", "prisen på tilbud"))
        told.do(("embed",))
        for text in ("tag", "tag tilbud", "prisen"):
            told.do(("ask", text, "hybrid"))
            told.do(("ask", text, "words"))
    assert meter.take()["search.updated"] > 5


def test_a_caller_finds_what_was_just_written_and_nobody_waits_longer_than_the_bound(
    database: Database, feed: Feed
) -> None:
    told = Story(database, feed, Meter())
    request = SearchRequest(told.desk.office.house.id, "kvist", "words")
    told.searches.search(told._still, request, None)
    told.do(("put", "ny kvist", "pris"))
    (written,) = told._execute("select max(xid)::text from posthus.search_change")[0]
    found, _ = told.searches.search(told._still, request, None, int(str(written)))
    assert [hit.subject for hit in found.hits] == ["ny kvist"]


def test_old_changes_are_pruned_once_no_answer_can_need_them(database: Database, feed: Feed) -> None:
    told = Story(database, feed, Meter())
    told.do(("put", "nyt tag", "pris"))
    with database.transaction() as connection:
        assert prune_changes(connection) == 0
        connection.execute(
            "insert into posthus.cache_mark (at, finished_below)"
            " values (clock_timestamp() - interval '11 minutes', pg_snapshot_xmax(pg_current_snapshot()))"
        )
        assert prune_changes(connection) > 0
