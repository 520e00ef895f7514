"""Views, tags, snoozing and changes of many: counted right, done once, taken back as one, surviving a kill."""

from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from posthus.app.errands import STEPS, Alarms, errand_runner
from posthus.conversations.errands import Errand, ErrandRunner, Progress
from posthus.database.pool import Database
from tests.integration.api.conftest import House, SignIn
from tests.integration.api.office import Office, kill_backend

Json = dict[str, object]
MANY = """
insert into posthus.conversation (workspace_id, source_id, channel, subject, status, unread, first_message_at, last_message_at)
select %s, 1, 'email', 'Sag ' || n, case when n %% 4 = 0 then 'closed' else 'open' end, n %% 2 = 0,
  now() - n * interval '1 minute', now() - n * interval '1 minute'
from generate_series(1, %s) n
"""


@pytest.fixture
def office(database: Database, house: House) -> Office:
    return Office(database, house)


def fill(database: Database, house: House, count: int) -> None:
    with database.transaction() as connection:
        connection.execute(MANY.encode(), (house.id, count))


def states(database: Database, house: House) -> list[tuple[object, ...]]:
    with database.transaction() as connection:
        return connection.execute(
            "select id, status, unread, assignee_id, tag_ids, snoozed_until, board_column_id from posthus.conversation"
            " where workspace_id = %s order by id",
            (house.id,),
        ).fetchall()


def first(client: httpx.Client, **wanted: str) -> Json:
    found: Json = client.get("/api/v1/conversations", params=wanted).json()["items"][0]
    return found


def counts(client: httpx.Client) -> dict[str, int]:
    return {one["view"]: one["count"] for one in client.get("/api/v1/views/counts").json()["items"]}


def total(client: httpx.Client, view: str) -> int:
    found = client.get("/api/v1/conversations/anchors", params={"view": view}).json()["total"]
    assert isinstance(found, int)
    return found


def test_views_are_saved_shared_ordered_and_deleted_with_a_way_back(
    database: Database, house: House, agent: httpx.Client, sign_in: SignIn
) -> None:
    fill(database, house, 40)
    filter_: Json = {"all": [{"field": "status", "is": "open"}, {"any": [{"field": "unread", "is": True}]}]}
    mine = agent.post("/api/v1/views", json={"name": "Mine nye", "filter": filter_}).json()
    assert mine["filter"] == filter_
    shared = agent.post("/api/v1/views", json={"name": "Alle", "filter": {"all": []}, "shared": True}).json()
    assert counts(agent) | {"x": 0} == {
        "inbox": 30, "mine": 0, "unassigned": 30, "unread": 10, "snoozed": 0, "closed": 10, "all": 40,
        str(mine["id"]): 10, str(shared["id"]): 40, "x": 0,
    }  # fmt: skip
    assert total(agent, str(mine["id"])) == 10
    manager = sign_in(house, "manager")
    assert [one["id"] for one in manager.get("/api/v1/views").json()["items"]] == [shared["id"]]
    assert manager.get("/api/v1/conversations", params={"view": mine["id"]}).status_code == 404
    agent.patch(f"/api/v1/views/{shared['id']}", json={"position": 0, "name": "Alt"})
    assert [one["name"] for one in agent.get("/api/v1/views").json()["items"]] == ["Alt", "Mine nye"]
    gone = agent.delete(f"/api/v1/views/{mine['id']}").json()
    assert len(agent.get("/api/v1/views").json()["items"]) == 1
    assert agent.post(f"/api/v1/undo/{gone['undo']['id']}").json()["restored"] == 1
    assert len(agent.get("/api/v1/views").json()["items"]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        '{"field": "colour", "is": 1}',
        '{"field": "status", "is": "asleep"}',
        '{"field": "unread", "contains": "x"}',
        '{"field": "last_message", "before": "yesterday"}',
        '{"every": []}',
        "nonsense",
    ],
)
def test_a_filter_that_is_none_is_refused_with_advice(agent: httpx.Client, wrong: str) -> None:
    answer = agent.get("/api/v1/conversations", params={"filter": wrong})
    assert answer.status_code == 422
    assert "filter" in answer.json()["detail"]


def test_a_tag_is_put_on_found_renamed_and_taken_away_with_a_way_back(
    office: Office, agent: httpx.Client
) -> None:
    office.put_many(3)
    tag = agent.post("/api/v1/tags", json={"name": "Haster", "color": "red"}).json()
    assert agent.post("/api/v1/tags", json={"name": "haster"}).status_code == 409
    number = first(agent)["id"]
    changed = agent.patch(f"/api/v1/conversations/{number}", json={"add_tags": [tag["id"]]}).json()
    assert changed["tags"] == [tag]
    agent.patch(f"/api/v1/tags/{tag['id']}", json={"name": "Vigtigt"})
    wanted = f'{{"field": "tag", "is": {tag["id"]}}}'
    assert [one["name"] for one in first(agent, filter=wanted)["tags"]] == ["Vigtigt"]  # type: ignore[attr-defined]
    gone = agent.delete(f"/api/v1/tags/{tag['id']}").json()
    assert first(agent)["tags"] == []
    assert agent.patch(f"/api/v1/conversations/{number}", json={"add_tags": [tag["id"]]}).status_code == 422
    agent.post(f"/api/v1/undo/{gone['undo']['id']}")
    assert first(agent, filter=wanted)["id"] == number


def test_a_change_is_taken_back_once_and_never_over_somebody_elses(
    office: Office, house: House, agent: httpx.Client, sign_in: SignIn
) -> None:
    office.put_many(1)
    number = first(agent)["id"]
    path = f"/api/v1/conversations/{number}"
    closed = agent.patch(path, json={"status": "closed", "assignee_id": house.members["agent"]}).json()
    other = sign_in(house, "manager")
    other.patch(path, json={"assignee_id": house.members["manager"]})
    undone = agent.post(f"/api/v1/undo/{closed['undo']['id']}").json()
    assert (undone["state"], undone["restored"], undone["kept"]) == ("done", 1, 1)
    now = agent.get(path).json()
    assert (now["status"], now["assignee"]["id"]) == ("open", house.members["manager"])
    assert agent.post(f"/api/v1/undo/{closed['undo']['id']}").status_code == 409
    assert agent.post("/api/v1/undo/999999").status_code == 404
    assert agent.patch(path, json={"unread": False}).json()["undo"] is None


def test_what_is_too_old_is_not_taken_back(office: Office, database: Database, agent: httpx.Client) -> None:
    office.put_many(1)
    closed = agent.patch(f"/api/v1/conversations/{first(agent)['id']}", json={"status": "closed"}).json()
    with database.transaction() as connection:
        connection.execute("update posthus.undo set until = now() - interval '1 second'")
    assert agent.post(f"/api/v1/undo/{closed['undo']['id']}").status_code == 410


def test_a_snoozed_conversation_sleeps_and_wakes_unread(
    office: Office, database: Database, agent: httpx.Client
) -> None:
    office.put_many(2)
    number = first(agent)["id"]
    path = f"/api/v1/conversations/{number}"
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    assert agent.patch(path, json={"snoozed_until": later, "unread": False}).status_code == 200
    assert (total(agent, "inbox"), total(agent, "snoozed")) == (1, 1)
    past = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    assert agent.patch(path, json={"snoozed_until": past}).status_code == 422
    Alarms(database).run_once()
    assert agent.get(path).json()["snoozed_until"] is not None
    with database.transaction() as connection:
        connection.execute("update posthus.conversation set snoozed_until = now() where id = %s", (number,))
    Alarms(database).run_once()
    woken = agent.get(path).json()
    assert (woken["snoozed_until"], woken["unread"]) == (None, True)


def test_the_customers_answer_wakes_a_snoozed_conversation(office: Office, agent: httpx.Client) -> None:
    letter = office.mail("Tilbud")
    office.put(letter)
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    number = first(agent)["id"]
    agent.patch(f"/api/v1/conversations/{number}", json={"snoozed_until": later})
    office.put(office.mail("Re: Tilbud", answers=[letter.message_id]))
    assert agent.get(f"/api/v1/conversations/{number}").json()["snoozed_until"] is None


def test_few_conversations_are_changed_at_once_and_taken_back_as_one(
    database: Database, house: House, agent: httpx.Client
) -> None:
    fill(database, house, 8)
    before = states(database, house)
    ids = [row[0] for row in before]
    done = agent.post("/api/v1/bulk", json={"selection": {"ids": ids}, "change": {"status": "closed"}}).json()
    assert (done["state"], done["total"], done["changed"]) == ("done", 8, 6)
    assert {row[1] for row in states(database, house)} == {"closed"}
    assert agent.post(f"/api/v1/undo/{done['undo']['id']}").json()["restored"] == 6
    assert states(database, house) == before


def everything(change: Json, **selection: object) -> Json:
    return {"selection": {"view": "inbox", **selection}, "change": change}


def test_all_that_match_are_changed_by_an_errand_and_taken_back_by_another(
    database: Database, house: House, agent: httpx.Client
) -> None:
    fill(database, house, 3000)
    before = states(database, house)
    tag = agent.post("/api/v1/tags", json={"name": "Gammel"}).json()["id"]
    spared = next(row[0] for row in before if row[1] == "open")
    change: Json = {"status": "closed", "add_tags": [tag]}
    begun = agent.post("/api/v1/bulk", json=everything(change, **{"except": [spared]})).json()
    assert (begun["state"], begun["total"]) == ("waiting", 2249)
    runner = errand_runner(database)
    while runner.run_once():
        pass
    done = agent.get(f"/api/v1/errands/{begun['id']}").json()
    assert (done["state"], done["done"], done["changed"]) == ("done", 2249, 2249)
    assert total(agent, "inbox") == 1
    assert agent.get("/api/v1/errands").json()["items"][0]["id"] == done["id"]
    undone = agent.post(f"/api/v1/undo/{done['undo']['id']}").json()
    assert undone["state"] == "running"
    while runner.run_once():
        pass
    assert states(database, house) == before
    assert agent.get(f"/api/v1/errands/{undone['errand']['id']}").json()["changed"] == 2249


def test_an_errand_survives_its_runners_being_killed(
    database: Database, database_url: str, house: House, agent: httpx.Client
) -> None:
    fill(database, house, 4000)
    before = states(database, house)
    begun = agent.post("/api/v1/bulk", json=everything({"unread": True, "status": "closed"})).json()
    kills = 0

    def killed_at_times(connection: psycopg.Connection, errand: Errand) -> Progress:
        nonlocal kills
        progress = STEPS[errand.kind](connection, errand)
        if kills < 6:
            kills += 1
            kill_backend(connection, database_url)
        return progress

    shaky = ErrandRunner(database, {**STEPS, "change": killed_at_times, "undo": killed_at_times})

    def finish() -> None:
        while True:
            try:
                if not shaky.run_once():
                    return
            except psycopg.OperationalError:
                continue

    finish()
    done = agent.get(f"/api/v1/errands/{begun['id']}").json()
    assert (done["state"], done["done"]) == ("done", 3000)
    with database.transaction() as connection:
        noted = connection.execute(
            "select count(*), count(distinct conversation_id) from posthus.activity"
        ).fetchone()
    assert noted == (3000, 3000)
    kills = 0
    agent.post(f"/api/v1/undo/{done['undo']['id']}")
    finish()
    assert states(database, house) == before


def test_an_errand_can_be_stopped_and_what_it_did_taken_back(
    database: Database, house: House, agent: httpx.Client
) -> None:
    fill(database, house, 3000)
    before = states(database, house)
    begun = agent.post("/api/v1/bulk", json=everything({"status": "closed"})).json()
    runner = errand_runner(database)
    assert runner.run_once()
    stopped = agent.delete(f"/api/v1/errands/{begun['id']}").json()
    assert (stopped["state"], stopped["changed"]) == ("cancelled", 1000)
    assert not runner.run_once()
    agent.post(f"/api/v1/undo/{stopped['undo']['id']}")
    while runner.run_once():
        pass
    assert states(database, house) == before


def test_an_errand_that_cannot_be_done_is_shown_as_failed(
    database: Database, house: House, agent: httpx.Client
) -> None:
    fill(database, house, 600)
    begun = agent.post("/api/v1/bulk", json={"selection": {"view": "all"}, "change": {"unread": True}}).json()

    def broken(_connection: psycopg.Connection, _errand: Errand) -> Progress:
        raise ValueError("no")

    runner = ErrandRunner(database, {"change": broken})
    while runner.run_once():
        pass
    failed = agent.get(f"/api/v1/errands/{begun['id']}").json()
    assert (failed["state"], failed["error"]) == ("failed", "ValueError: no")


def test_very_long_lists_have_anchors_that_hold_together(
    database: Database, house: House, agent: httpx.Client
) -> None:
    fill(database, house, 7000)
    anchors = agent.get("/api/v1/conversations/anchors", params={"view": "all"}).json()
    assert (anchors["total"], anchors["starts"][:2]) == (7000, [0, 100])
    fill(database, house, 37)  # what is newest moves every place, also far down
    moved = agent.get("/api/v1/conversations/anchors", params={"view": "all"}).json()
    assert moved["total"] == 7037
    seen: list[int] = []
    for index, cursor in enumerate(moved["anchors"]):
        until = moved["anchors"][index + 1] if index + 1 < len(moved["anchors"]) else ""
        wanted = {"view": "all", "cursor": cursor, "until": until, "limit": 200}
        page = agent.get("/api/v1/conversations", params=wanted).json()["items"]
        end = moved["starts"][index + 1] if until else moved["total"]
        assert len(page) == end - moved["starts"][index]
        seen += [one["id"] for one in page]
    assert len(seen) == len(set(seen)) == 7037
