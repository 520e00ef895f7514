"""No search of any process misses what was committed before the bound, whatever happened in which order.

Two processes remember answers, each under a lease of its own, and time passes as the story says. What a process answers
must be what a search made anew would have answered at some moment within the bound: never earlier.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from math import log2
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from posthus.api.members import ensure_workspace
from posthus.cache import feed as feeds
from posthus.cache.feed import Feed
from posthus.conversations import regroup
from posthus.conversations.changing import Change, change_one
from posthus.conversations.doer import Doer
from posthus.conversations.erasing import go_on_erasing, order_erasure
from posthus.conversations.filing import file_events
from posthus.conversations.joining import join
from posthus.conversations.linking import link_messages
from posthus.database.pool import Database
from posthus.intake.inbox import NewEvent, receive
from posthus.jobs import ConversationId, FileEvent, LinkMessage, MessageId
from posthus.search import remembered, words
from posthus.search.remembered import OpenStill, RememberedSearches
from posthus.search.request import SearchRequest, SearchResult
from posthus.search.search import search
from posthus.search.still import Still, standing_still
from posthus.telemetry import Meter
from tests.integration.api.conftest import House
from tests.integration.api.office import Office
from tests.integration.search.conftest import Desk

BOUND = 10_000.0  # seconds: only the story's own time passes, no thread polls meanwhile
QUERIES = ("tag", "rende garanti", "garanti", "tag er:åben", "tag:haster", "kontakt:åse")
WORDS = ("tag", "rende", "garanti")

changes = st.sampled_from(["link", "embed", "erase", "merge", "join", "tag", "close", "open", "rewrite"])
process = st.integers(0, 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.sampled_from(WORDS)),
        st.tuples(changes),
        st.tuples(st.just("wait"), st.sampled_from([0.2, 0.6, 1.1])),
        st.tuples(st.just("ask"), st.sampled_from(QUERIES), process),
        st.tuples(st.just("ask"), st.sampled_from(QUERIES[:3]), process),
        st.tuples(st.just("ask while"), st.sampled_from(QUERIES), process, changes),
    ),
    min_size=8,
    max_size=20,
)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Story:
    """A workspace, two processes that search it, and what a new search answered after each commit."""

    def __init__(self, database: Database, clock: Clock, meter: Meter) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as connection:
            house = ensure_workspace(connection, f"Firma {uuid4()}", [])[0]
            (self.tag,) = connection.execute(
                "insert into posthus.tag (workspace_id, name) values (%s, 'Haster') returning id", (house,)
            ).fetchone() or (0,)
        self.desk = Desk(database, Office(database, House(house)))
        self.doer = Doer(house, "command line")
        self.feeds = [Feed(database, BOUND) for _ in range(2)]
        self.processes = [RememberedSearches(feed, meter) for feed in self.feeds]
        self.filed: list[UUID] = []
        self.history: list[tuple[float, dict[str, SearchResult]]] = []
        for word in WORDS * 3:
            self.do(("file", word))
        for change in ("link", "embed"):
            self.do((change,))

    def do(self, step: tuple[object, ...]) -> None:
        name, *rest = step
        if name == "wait":
            self.clock.now += BOUND * float(str(rest[0]))
        elif name == "file":
            self._file(str(rest[0]))
            self._note()
        elif name == "ask":
            self._ask(str(rest[0]), int(str(rest[1])), self._still)
        elif name == "ask while":
            self._ask(str(rest[0]), int(str(rest[1])), lambda: self._still_while(str(rest[2])))
        else:
            self._change(str(name))

    def close(self) -> None:
        for feed in self.feeds:
            feed.close()

    def _still(self) -> AbstractContextManager[Still]:
        return standing_still(self.database)

    @contextmanager
    def _still_while(self, change: str) -> Iterator[Still]:
        """A commit lands while the search is under way."""
        with standing_still(self.database) as still:
            self._change(change)
            yield still

    def _ask(self, text: str, process: int, still: OpenStill) -> None:
        latest = self.clock.now - BOUND
        answer, level = self.processes[process].search(still, self._request(text), self.desk.meaning)
        old = max((at for at, _ in self.history if at <= latest), default=0.0)
        allowed = [told[text] for at, told in self.history if at >= old]
        assert essence(answer) in allowed, f"{text}, {level}, process {process}"

    def _note(self) -> None:
        """What is right from now on: the answers of searches that nothing is remembered of."""
        told = {text: essence(self._anew(text)) for text in QUERIES}
        self.history.append((self.clock.now, told))

    def _anew(self, text: str) -> SearchResult:
        return search(self.database.transaction, self._request(text), self.desk.meaning)

    def _request(self, text: str) -> SearchRequest:
        return SearchRequest(self.desk.office.house.id, text)

    def _file(self, word: str) -> None:
        """One mail, as the stage files it: found by its words from that commit on, before anything else is done."""
        office, number = self.desk.office, f"sag{uuid4().hex[:6]}x"
        letter = office.mail(f"{word} {number}", " ".join(WORDS))
        with self.database.transaction() as connection:
            (received,) = receive(
                connection, [NewEvent(office.house.id, office.source_id, "mail", letter.raw)]
            )
        with self.database.transaction() as connection:
            file_events(connection, [FileEvent(office.house.id, office.source_id, received.event_id)])
            found = connection.execute(
                "select id from posthus.message where event_id = %s", (received.event_id,)
            ).fetchall()
        self.filed += [one for (one,) in found]
        by_words = replace(self._request(number), mode="words")
        hits = search(self.database.transaction, by_words, None).hits
        assert [hit.message_id for hit in hits] == self.filed[-1:]

    def _change(self, name: str) -> None:
        if name == "embed":
            self.desk.embed(*self.filed)
        else:
            with self.database.transaction() as connection:
                getattr(self, f"_{name}")(connection)
        self._note()

    def _link(self, connection: Connection) -> None:
        office = self.desk.office
        jobs = [LinkMessage(office.house.id, office.source_id, MessageId(one)) for one in self.filed]
        link_messages(connection, jobs)

    def _erase(self, connection: Connection) -> None:
        people = self._numbers(connection, "contact")
        errand = order_erasure(connection, self.doer, people[-1]) if people else None
        if errand is not None:
            assert go_on_erasing(connection, errand).finished
            left = connection.execute("select id from posthus.message where id = any (%s)", (self.filed,))
            self.filed = [one for (one,) in left]

    def _merge(self, connection: Connection) -> None:
        conversations = [ConversationId(one) for one in self._numbers(connection, "conversation")]
        if len(conversations) > 1:
            regroup.merge(connection, self.doer.workspace_id, conversations[0], conversations[-1:])

    def _join(self, connection: Connection) -> None:
        people = self._numbers(connection, "contact")
        if len(people) > 1:
            join(connection, self.doer, "contact", people[0], people[-1:])

    def _tag(self, connection: Connection) -> None:
        self._alter(connection, Change(add_tags=(self.tag,)))

    def _close(self, connection: Connection) -> None:
        self._alter(connection, Change(status="closed"))

    def _open(self, connection: Connection) -> None:
        self._alter(connection, Change(status="open"))

    def _rewrite(self, connection: Connection) -> None:
        connection.execute(
            "update posthus.message set subject = 'garanti', words = to_tsvector('danish', 'garanti') where id = %s",
            (self.filed[-1] if self.filed else None,),
        )

    def _alter(self, connection: Connection, change: Change) -> None:
        for one in self._numbers(connection, "conversation")[-1:]:
            change_one(connection, self.doer, one, change)

    def _numbers(self, connection: Connection, table: str) -> list[int]:
        found = connection.execute(
            f"select id from posthus.{table} where workspace_id = %s order by id",
            (self.doer.workspace_id,),
        )
        return [int(one) for (one,) in found]


def essence(result: SearchResult) -> SearchResult:
    """All but how long it took and how it was found."""
    return replace(result, milliseconds=0.0, plan="")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_process_answers_as_it_was_before_the_bound(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, meter = Clock(), Meter()
    monkeypatch.setattr(feeds, "clock", clock)
    # Among so few messages every one would move the weights, and no answer could be brought up to date.
    monkeypatch.setattr(words, "step", lambda count: round(log2(count) / 3))
    monkeypatch.setattr(remembered, "LONGEST_SECONDS", 1e9)
    monkeypatch.setattr(feeds, "AWAY_SECONDS", 1e9)

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(steps)
    def tell(story: list[tuple[object, ...]]) -> None:
        told = Story(database, clock, meter)
        try:
            for step in story:
                told.do(step)
            for later in (("file", "tag"), ("wait", 1.1)):
                for text in QUERIES:
                    for process in range(2):
                        told.do(("ask", text, process))
                told.do(later)
            for text in QUERIES[:3]:
                told.do(("ask", text, 0))
        finally:
            told.close()

    tell()
    seen = meter.take()
    assert min(seen["search.kept"], seen["search.updated"], seen["search.new"]) > 5, seen
