"""Sources over the API: rotated with overlap, mapped with history and preview, their quarantine emptied."""

from typing import Protocol

import httpx
import pytest

from posthus.conversations.filing import file_events
from posthus.database.pool import Database
from posthus.intake.admission import Moment, event_of
from posthus.intake.inbox import receive
from posthus.intake.providers.delivery import Delivery, Refusal
from posthus.intake.sources import source_by_id
from posthus.jobs import FileEvent, SourceId
from tests.integration.api.conftest import House, bearer

Json = dict[str, object]


class Arrive(Protocol):
    """Puts a delivery in, believed or kept aside."""

    def __call__(self, source_id: object, body: bytes, refused: Refusal | None = None) -> FileEvent: ...


ORDER = (
    '{"kunde":{"navn":"Åse Øst","post":"aase@kunde.example.com"},"linjer":["Tag"],"besked":"Hej"}'.encode()
)


@pytest.fixture
def admin(house: House) -> dict[str, str]:
    return bearer(house.keys["admin"])


@pytest.fixture
def made(client: httpx.Client, admin: dict[str, str]) -> Json:
    new = {
        "kind": "webhook",
        "name": "Butik",
        "provider": "generic",
        "signed": False,
        "unverified": "quarantine",
    }
    answer = client.post("/api/v1/sources", json=new, headers=admin)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


@pytest.fixture
def arrive(database: Database, house: House) -> Arrive:
    """Puts a delivery in, believed or kept aside."""

    def put(source_id: object, body: bytes, refused: Refusal | None = None) -> FileEvent:
        with database.transaction() as connection:
            source = source_by_id(connection, house.id, SourceId(int(str(source_id))))
            assert source is not None
            event = event_of(
                source, Delivery({"content-type": "application/json"}, body), Moment(1.0), refused
            )
            (received,) = receive(connection, [event])
        return FileEvent(house.id, source.id, received.event_id)

    return put


def audited(database: Database) -> list[str]:
    with database.transaction() as connection:
        return [
            str(action) for (action,) in connection.execute("select action from posthus.audit order by id")
        ]


def test_every_provider_is_offered_and_can_be_added(client: httpx.Client, admin: dict[str, str]) -> None:
    offered = client.get("/api/v1/sources/providers", headers=admin).json()
    assert len(offered) == 23
    for one in offered:
        new = {"kind": "webhook", "name": one["name"], "provider": one["name"]}
        answer = client.post("/api/v1/sources", json=new, headers=admin)
        assert answer.status_code == 201, answer.text
        tried = client.post(f"/api/v1/sources/{answer.json()['id']}/test", headers=admin)
        assert tried.status_code == 200, tried.text
    listed = client.get("/api/v1/sources", headers=admin).json()["items"]
    assert {one["provider"]: one["unverified"] for one in listed}["hubspot"] == "retry"


def test_a_secret_is_rotated_with_overlap_and_the_providers_own_is_taken(
    client: httpx.Client, admin: dict[str, str], database: Database
) -> None:
    new = {"kind": "webhook", "name": "Stripe", "provider": "stripe"}
    made = client.post("/api/v1/sources", json=new, headers=admin).json()
    path = f"/api/v1/sources/{made['id']}/rotate"
    given = client.post(path, json={"secret": "whsec_theirs", "overlap_hours": 24}, headers=admin).json()
    assert given["secret"] == "whsec_theirs"
    assert given["former_until"] is not None
    (shown,) = client.get("/api/v1/sources", headers=admin).json()["items"]
    assert shown["former_until"] == given["former_until"]
    at_once = client.post(path, headers=admin).json()
    assert at_once["former_until"] is None
    assert at_once["secret"] not in ("whsec_theirs", made["secret"])
    assert client.post(path, json={"overlap_hours": 999}, headers=admin).status_code == 422
    assert audited(database)[-3:] == ["source_added", "secret_rotated", "secret_rotated"]


def test_a_sources_rate_is_limited_and_the_limit_is_lifted(
    client: httpx.Client, admin: dict[str, str], made: Json, database: Database, house: House
) -> None:
    path = f"/api/v1/sources/{made['id']}"
    limited = client.patch(path, json={"per_minute": 600}, headers=admin).json()
    assert (limited["per_minute"], limited["unverified"]) == (600, "quarantine")
    with database.transaction() as connection:
        source = source_by_id(connection, house.id, SourceId(int(str(made["id"]))))
    assert source is not None
    assert source.per_minute == 600
    assert client.patch(path, json={"per_minute": -1}, headers=admin).status_code == 422
    assert client.patch(path, json={"name": "Butikken"}, headers=admin).json()["per_minute"] == 600
    assert client.patch(path, json={"per_minute": 0}, headers=admin).json()["per_minute"] == 0


def test_a_mapping_is_tried_saved_restored_and_used_by_a_replay(
    client: httpx.Client,
    admin: dict[str, str],
    made: Json,
    arrive: Arrive,
    database: Database,
) -> None:
    path = f"/api/v1/sources/{made['id']}/mappings"
    empty = client.post(f"{path}/preview", json={"mapping": {}}, headers=admin).json()
    assert (empty["event_id"], empty["messages"]) == (None, [])
    arrive(made["id"], ORDER)
    mapping = {
        "from_name": "kunde.navn",
        "from_email": "kunde.post",
        "text": 'join(`", "`, linjer)',
        "subject": " ",
    }
    shown = client.post(f"{path}/preview", json={"mapping": mapping}, headers=admin).json()
    (message,) = shown["messages"]
    assert (message["from_name"], message["from_address"], message["text"]) == (
        "Åse Øst",
        "aase@kunde.example.com",
        "Tag",
    )
    assert "kunde" in shown["payload"]
    wrong = client.post(f"{path}/preview", json={"mapping": {"text": "a["}}, headers=admin)
    assert wrong.status_code == 422
    assert wrong.json()["detail"].startswith("Text: this is no JMESPath")


def test_a_mapping_is_saved_restored_and_used_by_a_replay(
    client: httpx.Client, admin: dict[str, str], made: Json, arrive: Arrive, database: Database
) -> None:
    path = f"/api/v1/sources/{made['id']}/mappings"
    job = arrive(made["id"], ORDER)
    mapping = {"from_name": "kunde.navn", "text": 'join(`", "`, linjer)', "subject": " "}
    first = client.post(path, json={"mapping": mapping}, headers=admin).json()
    assert first["version"] == 1
    assert "subject" not in first["mapping"]
    assert client.post(path, json={"mapping": {"text": "besked"}}, headers=admin).json()["version"] == 2
    for text, version in (("Hej", None), ("Tag", 1)):
        if version is not None:
            restored = client.post(f"{path}/{version}/restore", headers=admin)
            assert restored.json()["version"] == 3
        with database.transaction() as connection:
            file_events(connection, [job])
            assert connection.execute("select body_text from posthus.message").fetchall() == [(text,)]
    versions = client.get(path, headers=admin).json()["versions"]
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert client.post(f"{path}/9/restore", headers=admin).status_code == 422


def test_what_is_kept_aside_is_seen_let_in_and_dropped(
    client: httpx.Client,
    admin: dict[str, str],
    made: Json,
    arrive: Arrive,
    database: Database,
    house: House,
    neighbour: House,
) -> None:
    refused = Refusal("mismatch", "the signature does not fit")
    for number in range(3):
        arrive(made["id"], b'{"text":"%d"}' % number, refused)
    page = client.get("/api/v1/quarantine", params={"limit": 2}, headers=admin).json()
    assert [one["reason"] for one in page["items"]] == ["mismatch", "mismatch"]
    rest = client.get("/api/v1/quarantine", params={"cursor": page["next_cursor"]}, headers=admin).json()
    assert len(rest["items"]) == 1
    event_id = page["items"][0]["event_id"]
    one = client.get(f"/api/v1/quarantine/{event_id}", headers=admin).json()
    assert one["payload"] == '{"text":"2"}'
    (shown,) = client.get("/api/v1/sources", headers=admin).json()["items"]
    assert shown["kept_aside"] == 3
    stranger = bearer(neighbour.keys["admin"])
    assert client.get("/api/v1/quarantine", headers=stranger).json()["items"] == []
    assert client.get(f"/api/v1/quarantine/{event_id}", headers=stranger).status_code == 404
    assert client.post("/api/v1/quarantine/drop", json={}, headers=stranger).json()["taken"] == 0
    reader = bearer(house.keys["read"])
    assert client.post("/api/v1/quarantine/release", json={}, headers=reader).status_code == 403
    let_in = client.post("/api/v1/quarantine/release", json={"event_ids": [event_id]}, headers=admin).json()
    assert let_in == {"taken": 1, "duplicates": 0, "more": False}
    gone = client.post("/api/v1/quarantine/drop", json={"source_id": made["id"]}, headers=admin).json()
    assert gone["taken"] == 2
    with database.transaction() as connection:
        states = connection.execute("select state from posthus.event").fetchall()
    assert states == [("accepted",)]
    assert audited(database)[-2:] == ["quarantine_released", "quarantine_dropped"]


def test_what_came_is_shown_by_hour_and_by_day(
    client: httpx.Client,
    admin: dict[str, str],
    made: Json,
    arrive: Arrive,
    database: Database,
) -> None:
    arrive(made["id"], b"{}")
    with database.transaction() as connection:
        connection.execute(
            "insert into posthus.source_rejection (source_id, workspace_id, hour, reason, count, last_at, detail)"
            " select id, workspace_id, date_trunc('hour', now()), 'late', 7, now(), 'old' from posthus.source"
        )
    for step, count in (("hour", 24), ("day", 30)):
        path = f"/api/v1/sources/{made['id']}/activity"
        shown = client.get(path, params={"step": step}, headers=admin).json()
        assert len(shown["received"]) == count
        assert (shown["received"][-1]["received"], shown["received"][-1]["refused"]) == (1, 7)
        assert [(one["reason"], one["count"]) for one in shown["refused"]] == [("late", 7)]
