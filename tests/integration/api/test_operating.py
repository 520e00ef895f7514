"""What hosts do about what failed and about history, through the API: only their own, with a dry run, once."""

from uuid import UUID

import httpx
import pytest

from posthus.api.rights import Scope
from posthus.database.identifiers import new_event_id
from posthus.database.pool import Database
from posthus.embedding.encoder import Use
from posthus.embedding.use import note_use
from posthus.jobs import WorkspaceId
from tests.integration.api.conftest import House, bearer

BURY = """
insert into posthus.buried (stage, topic, part, workspace_id, source_id, subject, attempts, error, history)
values ('file', 'received', 3, %s, %s, %s, 2, %s, posthus.with_attempt(posthus.with_attempt('[]', 1, 'first'), 2, %s))
returning id
"""


def bury(database: Database, workspace_id: WorkspaceId, error: str, source: int = 1) -> int:
    values = (workspace_id, source, new_event_id(), error, error)
    with database.transaction() as connection:
        found = connection.execute(BURY, values).fetchone()
    assert found is not None
    return int(found[0])


@pytest.fixture
def admin(client: httpx.Client, house: House) -> httpx.Client:
    client.headers.update(bearer(house.keys["admin"]))
    return client


def numbers(client: httpx.Client, query: str = "") -> list[int]:
    answer = client.get(f"/api/v1/buried{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def test_buried_jobs_are_found_by_filters_and_tell_their_attempts(
    admin: httpx.Client, database: Database, house: House, neighbour: House
) -> None:
    full, missing = bury(database, house.id, "disk full"), bury(database, house.id, "no such table", 2)
    foreign = bury(database, neighbour.id, "disk full")
    assert numbers(admin) == [missing, full]
    assert numbers(admin, "?error=DISK") == [full]
    assert numbers(admin, "?source=2") == [missing]
    assert numbers(admin, "?stage=link") == []
    assert numbers(admin, "?since=2000-01-01T00:00:00Z&limit=1") == [missing]
    told = admin.get(f"/api/v1/buried/{full}").json()["history"]
    assert [(one["attempt"], one["error"]) for one in told] == [(1, "first"), (2, "disk full")]
    assert admin.get(f"/api/v1/buried/{foreign}").status_code == 404


@pytest.mark.parametrize("decision", ["replay", "drop"])
def test_many_are_counted_first_and_decided_about_once(
    admin: httpx.Client, database: Database, house: House, neighbour: House, decision: str
) -> None:
    for _ in range(3):
        bury(database, house.id, "disk full")
    kept, foreign = bury(database, house.id, "no such table"), bury(database, neighbour.id, "disk full")
    path, choice = f"/api/v1/buried/{decision}", {"error": "disk"}
    assert admin.post(path, json={**choice, "dry_run": True}).json() == {"count": 3}
    assert len(numbers(admin)) == 4
    key = {"Idempotency-Key": f"once-{decision}"}
    assert admin.post(path, json=choice, headers=key).json() == {"count": 3}
    assert admin.post(path, json=choice, headers=key).json() == {"count": 3}
    assert admin.post(path, json=choice).json() == {"count": 0}
    assert numbers(admin) == [kept]
    with database.transaction() as connection:
        (left,) = (
            connection.execute("select count(*) from posthus.buried where id = %s", (foreign,)).fetchone()
            or ()
        )
        (retried,) = connection.execute("select count(*) from posthus.retry").fetchone() or ()
    assert (left, retried) == (1, 3 if decision == "replay" else 0)


def test_a_replay_is_asked_for_and_shown_to_its_workspace_only(
    admin: httpx.Client, database: Database, house: House, neighbour: House
) -> None:
    asked = admin.post("/api/v1/replays", json={"stage": "file", "since": "2026-01-01T00:00:00Z"})
    assert asked.status_code == 202, asked.text
    assert (asked.json()["total"], asked.json()["listed"], asked.json()["finished"]) == (0, False, False)
    assert [one["id"] for one in admin.get("/api/v1/replays").json()] == [asked.json()["id"]]
    with database.transaction() as connection:
        (after,) = connection.execute("select after_id from posthus.replay").fetchone() or ()
    assert after > UUID("01900000-0000-7000-8000-000000000000")
    assert admin.get("/api/v1/replays", headers=bearer(neighbour.keys["admin"])).json() == []
    assert admin.post("/api/v1/replays", json={"stage": "file", "source_id": 99}).status_code == 404
    assert admin.post("/api/v1/replays", json={"stage": "link"}).status_code == 422


@pytest.mark.parametrize("scope", ["read", "write", "search"])
@pytest.mark.parametrize("path", ["/api/v1/buried/replay", "/api/v1/buried/drop", "/api/v1/replays"])
def test_deciding_takes_the_right_to_operate(
    client: httpx.Client, house: House, scope: Scope, path: str
) -> None:
    answer = client.post(path, json={"stage": "file"}, headers=bearer(house.keys[scope]))
    assert answer.status_code == 403


def test_how_search_by_meaning_stands_is_told_for_the_own_workspace_only(
    admin: httpx.Client, database: Database, house: House, neighbour: House
) -> None:
    def told() -> dict[str, object]:
        answer = admin.get("/api/v1/operations/vectors")
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    assert told() == {"models": [], "indexes": [], "change": None, "use": []}
    with database.transaction() as connection:
        connection.execute(
            "insert into posthus.embedding_model (id, name, dimensions, state, address) overriding system value"
            " values (7, 'old', 384, 'serving', null), (8, 'new', 64, 'next', 'https://model.example')"
        )
        for workspace in (house.id, neighbour.id):
            connection.execute(
                "insert into posthus.vector_index (workspace_id, model_id, state, vectors, present, bytes, seconds)"
                " values (%s, 7, 'building', 100, 150, 1000, 2.5)",
                (workspace,),
            )
        note_use(connection, "new", Use(requests=2, texts=9, tokens=400, refused=1))
    found = told()
    assert found["models"] == [
        {"model": "old", "dimensions": 384, "state": "serving", "elsewhere": False, "vectors": 0},
        {"model": "new", "dimensions": 64, "state": "next", "elsewhere": True, "vectors": 0},
    ]
    indexes = found["indexes"]
    assert isinstance(indexes, list)
    assert [(one["model"], one["state"], one["present"], one["done"]) for one in indexes] == [
        ("old", "building", 150, 0.0)
    ]
    assert found["use"] == [{"model": "new", "requests": 2, "texts": 9, "tokens": 400, "refused": 1}]
    change = found["change"]
    assert isinstance(change, dict)
    assert (change["model"], change["serving"], change["renewed"]) == ("new", "old", 0)
