"""Searching by meaning in large workspaces: which way is taken, what each reads, and that it finds what is near."""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID, uuid4

import numpy as np
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import Database, assume
from posthus.embedding import index as indexing
from posthus.embedding.embed import fill
from posthus.embedding.encoder import Vectors
from posthus.embedding.halves import Placed, packed, signs
from posthus.embedding.index import Standing, index_states, standings, tend
from posthus.jobs import CompanyId, SourceId
from posthus.search import arms
from posthus.search.arms import Model
from posthus.search.plan import Measured, Plan, Thresholds, choose
from posthus.search.request import SearchRequest
from posthus.search.wording import understand
from tests.integration.search.conftest import Desk

MESSAGES = 6_000
UNLIKE = 600  # of them are one company's, about things of its own
FAR = 20  # contacts, of whom the first two are of that company
PEOPLE = """
with company as (
  insert into posthus.company (workspace_id, name) values (%(workspace)s, 'Fjern'), (%(workspace)s, 'Andre') returning id)
insert into posthus.contact (workspace_id, name, company_id)
select %(workspace)s, 'Kunde ' || n, (select case when n <= 2 then min(id) else max(id) end from company)
from generate_series(1, %(people)s) n returning id, company_id
"""
SAY = """
with new as (
  select n.id, n.contact, n.place, n.signs
  from jsonb_to_recordset(%(messages)s) as n(id uuid, contact bigint, place int, signs text)
), said as (
  insert into posthus.message (id, workspace_id, event_id, source_id, contact_id, channel, direction, sent_at, received_at,
    subject, body_text, has_attachments, words)
  select id, %(workspace)s, id, %(source)s, contact, 'email', 'in', now() - place * interval '1 minute', now(), '', '',
    place %% 10 = 0, ''
  from new)
insert into posthus.chunk (workspace_id, message_id, model_id, contact_id, sent_at, source_id, position, content_hash, start_offset, end_offset, signs)
select %(workspace)s, id, %(model)s, contact, now() - place * interval '1 minute', %(source)s, 0, sha256(id::text::bytea), 0, 0, signs::bit varying from new
returning id, message_id
"""


@dataclass
class Large:
    """A workspace with an index of its own, and questions that are near what most of it is about."""

    desk: Desk
    model: Model
    company: int
    other_company: int
    questions: Vectors

    def request(self, **filters: object) -> SearchRequest:
        return SearchRequest(self.desk.office.house.id, "", "meaning", **filters)  # type: ignore[arg-type]


@pytest.fixture
def large(desk: Desk) -> Large:
    random = np.random.default_rng(3)
    topics = random.standard_normal((30, 384)).astype(np.float32)
    shared = random.standard_normal(384).astype(np.float32)
    topics += np.where(np.arange(30)[:, None] == 0, -1, 1) * 0.5 * shared
    of = np.where(np.arange(MESSAGES) < UNLIKE, 0, random.integers(1, 30, MESSAGES))
    vectors = _unit(topics[of] + 0.8 * random.standard_normal((MESSAGES, 384)).astype(np.float32))
    with desk.database.transaction() as connection:
        added = connection.execute(
            "insert into posthus.embedding_model (name, dimensions) values ('plain-1', 384) returning id"
        ).fetchone()
        assert added is not None
        people = connection.execute(PEOPLE.encode(), {"workspace": desk.workspace, "people": FAR}).fetchall()
        contacts = sorted(int(contact) for contact, _ in people)
        _say(connection, desk, int(added[0]), _written(vectors, contacts))
    with desk.database.autocommit() as connection:
        connection.execute("vacuum analyze posthus.message, posthus.chunk, posthus.chunk_vector")
    assert tend(desk.database, Event(), at_least=5_000) == ["build"]
    companies = sorted({int(company) for _, company in people})
    asked = _unit(topics[1:11] + 0.8 * random.standard_normal((10, 384)).astype(np.float32))
    return Large(desk, Model(int(added[0]), 384), companies[0], companies[1], asked)


def _unit(raw: Vectors) -> Vectors:
    shaped: Vectors = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
    return shaped


def _written(vectors: Vectors, contacts: list[int]) -> list[dict[str, object]]:
    return [
        {
            "id": str(uuid4()),
            "contact": contacts[place % 2] if place < UNLIKE else contacts[2 + place % (FAR - 2)],
            "place": (place * 7919) % MESSAGES,
            "signs": signs(vector),
            "vector": vector,
        }
        for place, vector in enumerate(packed(vectors))
    ]


def _say(connection: Connection, desk: Desk, model: int, written: list[dict[str, object]]) -> None:
    vectors = {UUID(str(one["id"])): one.pop("vector") for one in written}
    given = {
        "workspace": desk.workspace,
        "source": desk.office.source_id,
        "model": model,
        "messages": Jsonb(written),
    }
    placed = []
    for chunk, message in connection.execute(SAY.encode(), given):
        vector = vectors[message]
        assert isinstance(vector, bytes)
        placed.append(Placed(chunk, desk.workspace, message, vector))
    fill(connection, placed, model)


@pytest.fixture
def reading(large: Large) -> Iterator[tuple[Large, Connection]]:
    """As a member sees it."""
    with large.desk.database.transaction() as connection:
        assume(connection, large.desk.identity)
        yield large, connection


def found(
    connection: Connection, large: Large, request: SearchRequest, question: Vectors, limits: Thresholds
) -> tuple[list[int], Plan]:
    said = understand(connection, request)
    plan = arms.plan_meaning(connection, request, said, large.model.id, limits)
    given = said.parameters(request.workspace_id)
    near, plan = arms.find_near(connection, given, (large.model, question), plan, limits)
    return [one.chunk_id for one in near], plan


def exact(connection: Connection, large: Large, request: SearchRequest, question: Vectors) -> list[int]:
    given = understand(connection, request).parameters(request.workspace_id)
    plan = Plan("matching", "", filtered=True, most=10)
    return [one.chunk_id for one in arms.near(connection, given, (large.model, question), plan)]


FILTERS: Mapping[str, tuple[str, Thresholds]] = {
    "nothing": ("index", Thresholds()),
    "files": ("signs", Thresholds()),
    "files, by the index": ("index", Thresholds(signs=100)),
    "newest": ("sent", Thresholds()),
    "newest, by the index": ("index", Thresholds(sent=100)),
    "a source since yesterday": ("sent", Thresholds()),
    "unlike company since yesterday": ("people", Thresholds()),
    "unlike company": ("people", Thresholds()),
    "unlike company, by the index": ("signs", Thresholds(people=100, walked=500)),
    "other company": ("people", Thresholds()),
    "other company, by the index": ("index", Thresholds(people=100)),
}


def test_every_way_finds_what_is_near(reading: tuple[Large, Connection]) -> None:
    large, connection = reading
    now = datetime.now(UTC)
    since = now - timedelta(days=1)
    filters: Mapping[str, Mapping[str, object]] = {
        "nothing": {},
        "files": {"files": True},
        "newest": {"since": now - timedelta(minutes=1_000)},
        "a source since yesterday": {
            "source": SourceId(large.desk.office.source_id),
            "since": since,
            "until": now,
        },
        "unlike company since yesterday": {"company": CompanyId(large.company), "since": since},
        "unlike company": {"company": CompanyId(large.company)},
        "other company": {"company": CompanyId(large.other_company)},
    }
    for name, (way, limits) in FILTERS.items():
        request = large.request(**filters[name.split(",", maxsplit=1)[0]])
        shares = []
        for question in large.questions:
            near, plan = found(connection, large, request, question, limits)
            assert plan.way == way, (name, plan)
            truth = exact(connection, large, request, question)
            assert len(truth) == 10
            shares.append(len(set(near[:10]) & set(truth)) / 10)
        assert sum(shares) / len(shares) >= 0.95, (name, shares)


def test_what_the_index_cannot_reach_is_said_where_it_is_too_much_to_compare(
    reading: tuple[Large, Connection],
) -> None:
    large, connection = reading
    limits = Thresholds(people=100, walked=2_000, patience=100)
    near, plan = found(
        connection, large, large.request(company=CompanyId(large.company)), large.questions[0], limits
    )
    assert len(near) < 10, "the company writes of nothing like it"
    assert plan.said == f"index found {len(near)} behind the filter, there may be more" or not near


def test_a_planner_that_expects_too_few_is_made_up_for(reading: tuple[Large, Connection]) -> None:
    large, connection = reading
    given = understand(connection, large.request(files=True)).parameters(large.request().workspace_id)
    plan = Plan("signs", "", filtered=True, most=10, looked_at=100)
    _, taken = arms.find_near(connection, given, (large.model, large.questions[0]), plan, Thresholds())
    assert taken.way == "index"
    nothing = {**given, "contacts": [-1]}
    near, taken = arms.find_near(connection, nothing, (large.model, large.questions[0]), plan, Thresholds())
    assert (near, taken.way) == ([], "signs"), "nothing behind the filter is no reason to look further"


def test_each_way_reads_by_its_index_and_no_more_than_it_must(reading: tuple[Large, Connection]) -> None:
    large, connection = reading
    for way, index, filters, most in (
        ("index", "chunk_vector_near_", {}, 1_200),
        ("people", "chunk_people", {"company": CompanyId(large.company)}, 800),
        ("sent", "chunk_sent", {"since": datetime.now(UTC) - timedelta(minutes=500)}, 800),
        ("signs", "chunk_of_model", {"files": True}, 3_000),
    ):
        request = large.request(**filters)
        given = {
            **understand(connection, request).parameters(request.workspace_id),
            "model": large.model.id,
            "vector": "[" + ",".join(f"{value:.5g}" for value in large.questions[0]) + "]",
            "filtered": bool(filters),
            "most": 10,
            "looked_at": 1_000,
            "compared": 100,
        }
        settings = f"set_{way}_search" if way in {"index", "signs"} else "set_listed_search"
        connection.execute(arms.SQL[settings], {"ef_search": 40, "walked": 20_000})
        lines = connection.execute(b"explain (analyze, buffers) " + arms.SQL[f"near_{way}"], given).fetchall()
        connection.execute(arms.SQL["unset_search"])
        plan = "\n".join(str(line) for (line,) in lines)
        assert re.search(rf"Index (Only )?Scan using {index}", plan), plan
        assert "Seq Scan on chunk" not in plan, plan
        read = re.search(r"Buffers: shared hit=(\d+)", plan)
        assert read is not None
        assert int(read[1]) < most, plan


def test_an_index_follows_its_workspace(large: Large, database: Database) -> None:
    """It is dropped where few vectors are left, built anew where many were removed, and what was left is cleared away."""

    def remove(share: int) -> None:
        with database.transaction() as connection:
            connection.execute(
                "delete from posthus.chunk where id in (select id from posthus.chunk where id %% 100 < %s)",
                (share,),
            )

    def grown() -> float:
        with database.transaction() as connection:
            (one,) = index_states(connection)
        assert one.grown is not None
        return one.grown

    assert tend(database, Event(), at_least=5_000) == [], "it is as it should be"
    remove(45)
    assert 0.9 < grown() < 1.1, "as it was looked at last"
    assert tend(database, Event(), at_least=2_000) == ["rebuild"]
    with database.transaction() as connection:
        (now,) = standings(connection, 2_000)
        kept = connection.execute("select state, vectors, bytes > 0 from posthus.vector_index").fetchone()
    assert now.valid
    assert grown() == 1
    assert kept == ("ready", now.vectors, True)
    assert tend(database, Event(), at_least=2_000) == []
    remove(80)
    assert tend(database, Event(), at_least=5_000) == ["drop"]
    with database.transaction() as connection:
        assert standings(connection, 5_000) == []
        assert connection.execute("select count(*) from posthus.vector_index").fetchone() == (0,)


def test_an_index_of_a_large_workspace_is_built_anew_and_denser(
    large: Large, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tend(database, Event(), at_least=5_000) == []
    monkeypatch.setattr(indexing, "LARGE", 5_000)
    assert tend(database, Event(), at_least=5_000) == ["rebuild"]
    assert tend(database, Event(), at_least=5_000) == [], "once"
    with database.transaction() as connection:
        (one,) = standings(connection, 5_000)
        options = connection.execute(
            "select reloptions from pg_class where relname = %s", (one.name,)
        ).fetchone()
    assert (one.valid, one.built_neighbours) == (True, 24)
    assert options == (["m=24", "ef_construction=128"],)


def test_a_build_that_is_given_up_is_begun_anew(
    large: Large, database: Database, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    def looked_at() -> Standing:
        with database.transaction() as connection:
            (one,) = standings(connection, 5_000)
        return one

    with database.autocommit() as connection:
        connection.execute(f"drop index posthus.{looked_at().name}")
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(tend, database, stop, 5_000)
        wait_until(lambda: looked_at().busy)
        stop.set()
        assert building.result(60) == []
    with database.transaction() as connection:
        state = connection.execute("select state, error from posthus.vector_index").fetchone()
    assert state is not None
    assert (state[0], "cancel" in state[1]) == ("failed", True)
    assert looked_at().valid is False
    assert tend(database, stop, 5_000) == [], "nothing is begun any more"
    assert tend(database, Event(), 5_000) == ["build"]
    assert looked_at().valid


def test_a_message_that_is_read_anew_takes_its_chunks_along(desk: Desk, database: Database) -> None:
    message = desk.put("Nyt tag", "Skifer")
    with database.transaction() as connection:
        connection.execute(
            "update posthus.message set sent_at = '2001-02-03 04:05Z' where id = %s", (message,)
        )
        found = connection.execute(
            "select distinct sent_at, source_id from posthus.chunk where message_id = %s", (message,)
        ).fetchall()
    assert found == [(datetime(2001, 2, 3, 4, 5, tzinfo=UTC), desk.office.source_id)]


def test_a_message_that_changes_hands_takes_its_chunks_along(desk: Desk, database: Database) -> None:
    message = desk.put("Nyt tag", "Skifer")
    with database.transaction() as connection:
        connection.execute("update posthus.message set contact_id = 4711 where id = %s", (message,))
        found = connection.execute(
            "select distinct contact_id from posthus.chunk where message_id = %s", (message,)
        ).fetchall()
    assert found == [(4711,)]


def test_small_workspaces_are_compared_whole() -> None:
    limits = Thresholds()
    assert choose(Measured(True, 0), limits, filtered=False).way == "everything"
    assert choose(Measured(True, 0, expected=100), limits, filtered=True).way == "matching"
    assert choose(Measured(True, 0, expected=10**6), limits, filtered=True).way == "signs"
    assert choose(Measured(False, 0), limits, filtered=True).way == "nothing"


def test_the_more_vectors_the_more_messages_are_worth_comparing_by_signs() -> None:
    limits = Thresholds()
    assert choose(Measured(True, 90_000, expected=12_000), limits, filtered=True).way == "index"
    assert choose(Measured(True, 900_000, expected=12_000), limits, filtered=True).way == "signs"
    assert choose(Measured(True, 10**8, expected=40_000), limits, filtered=True).way == "index", "the cap"
    by_sent = [
        choose(Measured(True, 900_000, "sent", left), limits, filtered=True) for left in (140_000, 300_000)
    ]
    assert [plan.way for plan in by_sent] == ["sent", "index"]
    assert choose(Measured(True, 90_000, "sent", 45_000), limits, filtered=True).way == "index"
    assert choose(Measured(True, 0, "sent", 45_000), limits, filtered=True).way == "sent"
    near, far = (choose(Measured(True, size), limits, filtered=False) for size in (90_000, 900_000))
    assert near.ef_search < far.ef_search
