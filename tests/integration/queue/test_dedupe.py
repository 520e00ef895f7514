"""A delivery is known again within the window, whoever asks at the same time, and across midnight."""

from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.jobs import EventId, SourceId
from posthus.queue.dedupe import Claim, Delivery, remember

SOURCE = SourceId(1)
# A clock that each transaction can set: days from today.
CLOCK = """
create or replace function posthus.today() returns date language sql stable set search_path = '' as $$
  select (now() at time zone 'utc')::date
    + coalesce(nullif(current_setting('test.days', true), ''), '0')::integer
$$
"""


@pytest.fixture
def clocked(database: Database) -> Database:
    with database.transaction() as connection:
        connection.execute(CLOCK)
    return database


def on_day(connection: Connection, day: int) -> None:
    connection.execute("select set_config('test.days', %s, true)", (str(day),))


def claim(key: bytes, event_id: EventId | None = None, source: SourceId = SOURCE) -> Claim:
    return Claim(source, key, event_id or new_event_id())


def test_the_first_claim_wins_within_a_call_and_later(database: Database) -> None:
    first, second = claim(b"x"), claim(b"x")
    long_key = claim(b"y" * 5000)
    with database.transaction() as connection:
        assert remember(connection, [first, second, long_key]) == {
            Delivery(SOURCE, b"x"): first.event_id,
            Delivery(SOURCE, b"y" * 5000): long_key.event_id,
        }
    with database.transaction() as connection:
        assert remember(connection, [claim(b"y" * 5000), claim(b"x")]) == {
            Delivery(SOURCE, b"x"): first.event_id,
            Delivery(SOURCE, b"y" * 5000): long_key.event_id,
        }


def test_sources_do_not_share_keys_and_empty_keys_are_keys(database: Database) -> None:
    one, other = claim(b""), claim(b"", source=SourceId(2))
    with database.transaction() as connection:
        found = remember(connection, [one, other])
    assert found == {Delivery(SOURCE, b""): one.event_id, Delivery(SourceId(2), b""): other.event_id}


def test_what_was_rolled_back_was_never_received(database: Database) -> None:
    lost, kept = claim(b"x"), claim(b"x")
    with database.transaction() as connection:
        remember(connection, [lost])
        connection.rollback()
    with database.transaction() as connection:
        assert remember(connection, [kept])[Delivery(SOURCE, b"x")] == kept.event_id


def test_midnight_between_two_deliveries_is_no_gap(clocked: Database) -> None:
    """The one that began before midnight comes second: it must see what tomorrow's has written."""
    before, after = claim(b"x"), claim(b"x")

    def late() -> EventId:
        with clocked.transaction() as connection:
            on_day(connection, 0)
            return remember(connection, [before])[Delivery(SOURCE, b"x")]

    with ThreadPoolExecutor(1) as pool:
        with clocked.transaction() as connection:
            on_day(connection, 1)
            remember(connection, [after])
            other = pool.submit(late)
            wait([other], timeout=0.5)
        assert other.result() == after.event_id


_numbers = count(1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(-1, 1), st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=5)),
        min_size=1,
        max_size=12,
    )
)
def test_any_sequence_of_calls_answers_the_first_event(
    clocked: Database, calls: list[tuple[int, list[bytes]]]
) -> None:
    source, day = SourceId(next(_numbers)), 0
    first: dict[Delivery, EventId] = {}
    for step, keys in calls:
        day = max(0, min(8, day + step))  # clocks of several machines: sometimes backwards
        claims = [claim(key, source=source) for key in keys]
        with clocked.transaction() as connection:
            on_day(connection, day)
            found = remember(connection, claims)
        for one in claims:
            first.setdefault(Delivery(source, one.key), one.event_id)
        assert found == {Delivery(source, key): first[Delivery(source, key)] for key in keys}


def test_days_before_the_window_are_dropped_and_days_to_come_are_made(clocked: Database) -> None:
    old, kept, again = claim(b"old"), claim(b"kept"), claim(b"old")
    with clocked.transaction() as connection:
        remember(connection, [old])
    with clocked.transaction() as connection:
        on_day(connection, 1)
        remember(connection, [kept])
    with clocked.transaction() as connection:
        on_day(connection, 9)
        assert connection.execute("select posthus.extend_dedupe(3)").fetchone() == (4,)
        assert connection.execute("select posthus.forget_dedupe(8)").fetchone() == (1,)
    with clocked.transaction() as connection:
        on_day(connection, 9)
        found = remember(connection, [again, claim(b"kept")])
    assert found == {Delivery(SOURCE, b"old"): again.event_id, Delivery(SOURCE, b"kept"): kept.event_id}


def test_a_day_nobody_made_room_for_is_remembered_too(clocked: Database) -> None:
    first = claim(b"x")
    for day in (40, 41):
        with clocked.transaction() as connection:
            on_day(connection, day)
            connection.execute("select posthus.extend_dedupe(0)" if day == 41 else "select 1")
            assert remember(connection, [first, claim(b"x")])[Delivery(SOURCE, b"x")] == first.event_id
