"""What a search reads stays bounded: by what it finds and by its filter, not by how much there is."""

import re
from collections.abc import Iterator, Mapping

import pytest
from psycopg import Connection

from posthus.database.pool import Database, assume
from posthus.search import arms
from posthus.search.request import SearchRequest
from posthus.search.wording import understand
from tests.integration.search.conftest import Desk

MESSAGES = 40_000
FILL = """
insert into posthus.message (id, workspace_id, event_id, source_id, contact_id, channel, direction, sent_at, received_at,
  subject, body_text, words)
select gen_random_uuid(), %(workspace)s, gen_random_uuid(), %(source)s, %(contact)s + n %% 400, 'email', 'in',
  now() - n * interval '1 minute', now(), '', '',
  to_tsvector('danish', 'hej faktura nummer' || n || ' gruppe' || n %% 20 || case when n %% 10000 = 7 then ' skorsten' else '' end)
from generate_series(1, %(messages)s) as n
"""
ROWS = re.compile(r"actual rows=([\d.]+) loops=(\d+)")
REMOVED = re.compile(r"Rows Removed by \w[\w ]*: (\d+)")


@pytest.fixture
def large(desk: Desk) -> Iterator[tuple[Desk, Connection]]:
    """Forty thousand messages of one workspace, five thousand of another, as a member sees them."""
    with desk.database.transaction() as connection:
        fill(connection, desk.workspace, MESSAGES)
        fill(connection, desk.workspace + 1_000, 5_000)
    with desk.database.autocommit() as connection:
        connection.execute("vacuum analyze posthus.message")
    with desk.database.transaction() as connection:
        assume(connection, desk.identity)
        yield desk, connection


def fill(connection: Connection, workspace: int, messages: int) -> None:
    given = {"workspace": workspace, "source": 1, "contact": 1_000_000, "messages": messages}
    connection.execute(FILL.encode(), given)


def read(connection: Connection, query: bytes, given: Mapping[str, object]) -> tuple[int, str]:
    """The most rows that any step of the plan reads, and the plan."""
    found = connection.execute(b"explain (analyze, timing off, buffers off) " + query, given).fetchall()
    plan = "\n".join(str(line) for (line,) in found)
    most = max(int(float(rows)) * int(loops) for rows, loops in ROWS.findall(plan))
    return most + sum(int(removed) for removed in REMOVED.findall(plan)), plan


def asked(desk: Desk, connection: Connection, text: str, arm: str = "every") -> dict[str, object]:
    """What an arm asks for."""
    request = SearchRequest(desk.office.house.id, text, "words")
    said = understand(connection, request)
    (one,) = [one for one in arms.asked_of_words(said, alone=True) if one.name == arm]
    return {
        **said.parameters(request.workspace_id),
        **arms._ranking(one),
        "most": arms.CANDIDATES + 1,
        "walked": arms.WALKED,
    }


def test_a_rare_word_reads_only_the_messages_that_have_it(large: tuple[Desk, Connection]) -> None:
    desk, connection = large
    most, plan = read(connection, arms.SQL["words_by_index"], asked(desk, connection, "skorsten"))
    assert most < 50, plan
    assert "message_workspace_words" in plan or "workspace_id_words" in plan, plan


def test_a_number_reads_only_the_message_that_has_it(large: tuple[Desk, Connection]) -> None:
    desk, connection = large
    most, plan = read(connection, arms.SQL["words_by_index"], asked(desk, connection, "nummer12345"))
    assert most < 20, plan


def test_a_word_that_every_message_has_reads_no_more_than_its_candidates(
    large: tuple[Desk, Connection],
) -> None:
    desk, connection = large
    request = SearchRequest(desk.office.house.id, "faktura", "words")
    said = understand(connection, request)
    assert said.common == {(0, 0)}, "the sample of the newest messages knows the word as common"
    given = {**asked(desk, connection, "faktura"), "most": arms.CANDIDATES}
    most, plan = read(connection, arms.SQL["words_from_newest"], given)
    assert most <= 2 * arms.CANDIDATES, plan


def test_a_word_that_some_messages_have_is_read_by_its_index_and_one_that_all_have_is_walked_to(
    large: tuple[Desk, Connection],
) -> None:
    desk, connection = large
    some, every = (asked(desk, connection, text) for text in ("gruppe7", "faktura"))
    assert arms._worth_walking(connection, some) == 0
    assert 2_000 <= arms._worth_walking(connection, every) <= 6_000
    most, plan = read(connection, arms.SQL["words_by_index_newest"], {**some, "most": arms.CANDIDATES})
    assert "workspace_id_words" in plan or "message_workspace_words" in plan, plan
    assert most <= 2_100, plan


def test_a_filter_by_people_bounds_what_a_common_word_reads(large: tuple[Desk, Connection]) -> None:
    desk, connection = large
    given = {**asked(desk, connection, "faktura"), "contacts": [1_000_005]}
    most, plan = read(connection, arms.SQL["words_from_newest"], given)
    assert most <= 500, plan


def test_a_filter_by_day_bounds_what_a_common_word_reads(large: tuple[Desk, Connection]) -> None:
    desk, connection = large
    given = asked(desk, connection, "faktura efter:1d")
    most, plan = read(connection, arms.SQL["words_from_newest"], given)
    assert most <= 4 * 24 * 60, plan


def test_only_filters_read_only_the_newest_messages(large: tuple[Desk, Connection]) -> None:
    desk, connection = large
    request = SearchRequest(desk.office.house.id, "kanal:mail", "words")
    given = {**understand(connection, request).parameters(request.workspace_id), "most": 100}
    most, plan = read(connection, arms.SQL["newest_matching"], given)
    assert most <= 300, plan


def test_weighing_words_counts_no_further_than_it_matters(
    large: tuple[Desk, Connection], database: Database
) -> None:
    desk, connection = large
    said = understand(
        connection, SearchRequest(desk.office.house.id, "faktura gruppe7 skorsten hvalros", "words")
    )
    counted = {term.said: term.count for term in said.terms}
    assert counted["skorsten"] == 4
    assert counted["gruppe7"] >= arms.CANDIDATES
    assert counted["faktura"] >= 10_000
    assert counted["hvalros"] == 0
