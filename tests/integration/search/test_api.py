"""Searching through the API: what it answers, what it explains, what it calls off, and conversations about the same."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import psycopg
import pytest

from posthus.api.application import create_application
from posthus.api.parts import ApiParts
from posthus.search.calling_off import CalledOffError, CallOff
from tests.integration.api.conftest import House, Served, bearer, visit
from tests.integration.search.conftest import Desk

pytest_plugins = ["tests.integration.api.conftest"]


@pytest.fixture
def client(parts: ApiParts, desk: Desk) -> httpx.Client:
    """Somebody with a key that may read and search."""
    client = visit(create_application(replace(parts, meaning=lambda: desk.meaning)))
    client.headers.update(bearer(desk.office.house.keys["read"]))
    return client


def may_search(desk: Desk) -> dict[str, str]:
    return bearer(desk.office.house.keys["search"])


def test_the_same_question_is_answered_from_memory_until_something_comes(
    client: httpx.Client, desk: Desk
) -> None:
    desk.put("Utæt kvist", "Det drypper ned i stuen")
    asked = {"q": "drypper", "mode": "words"}
    first = client.get("/api/v1/search", params=asked, headers=may_search(desk)).json()
    again = client.get("/api/v1/search", params=asked, headers=may_search(desk)).json()
    assert (first["cache"], again["cache"]) == ("new", "kept")
    assert first["items"] == again["items"]


def test_a_search_is_explained(client: httpx.Client, desk: Desk) -> None:
    desk.put("Utæt kvist", "Det drypper ned i stuen")
    told = client.get("/api/v1/search/explain", params={"q": "kvsit"}, headers=may_search(desk)).json()
    (word,) = told["words"]
    assert (word["said"], word["meant"], word["messages"]) == ("kvsit", True, 1)
    assert told["hits"][0]["words"] == ["kvsit"]
    assert told["hits"][0]["places"]["every"] == 1
    assert {"understand", "every", "meaning", "show"} <= {step["name"] for step in told["steps"]}
    assert told["cache"] == "new"


def test_conversations_about_the_same_are_named_and_never_the_conversation_itself(
    client: httpx.Client, desk: Desk
) -> None:
    for subject in ("Utæt kvist drypper", "Kvist drypper igen", "Faktura betalt to gange"):
        desk.put(subject, subject)
    numbers = {one["subject"]: one["id"] for one in client.get("/api/v1/conversations").json()["items"]}
    own = numbers["Utæt kvist drypper"]
    found = client.get(f"/api/v1/conversations/{own}/similar").json()
    assert found["by"] == "meaning"
    assert [one["subject"] for one in found["items"]] == ["Kvist drypper igen"]
    assert 0.25 < found["items"][0]["likeness"] <= 1
    assert client.get("/api/v1/conversations/999999/similar").status_code == 404


def test_before_a_conversation_has_vectors_its_subject_is_compared(client: httpx.Client, desk: Desk) -> None:
    desk.put("Utæt kvist", embed=False)
    desk.put("Sv: om en kvist", embed=False)
    desk.put("", "uden emne", embed=False)
    numbers = {one["subject"]: one["id"] for one in client.get("/api/v1/conversations").json()["items"]}
    found = client.get(f"/api/v1/conversations/{numbers['Utæt kvist']}/similar").json()
    assert (found["by"], [one["subject"] for one in found["items"]]) == ("words", ["om en kvist"])
    assert client.get(f"/api/v1/conversations/{numbers['']}/similar").json() == {"items": [], "by": "nothing"}


def test_nobody_sees_what_is_similar_in_another_workspace(
    client: httpx.Client, desk: Desk, another_desk: Callable[[], Desk]
) -> None:
    other = another_desk()
    other.put("Utæt kvist")
    numbers = client.get("/api/v1/conversations", headers=bearer(other.office.house.keys["read"])).json()
    assert client.get(f"/api/v1/conversations/{numbers['items'][0]['id']}/similar").status_code == 404


def test_a_search_that_was_called_off_ends_its_statement_and_leaves_the_connection_usable(desk: Desk) -> None:
    call_off, running = CallOff(), threading.Event()

    def wait() -> None:
        with desk.database.transaction() as connection, call_off.may_end(connection):
            running.set()
            connection.execute("select pg_sleep(60)")

    with ThreadPoolExecutor(1) as side:
        waiting = side.submit(wait)
        running.wait(10)
        while not waiting.done():
            call_off.now()  # the statement may not have begun yet
        with pytest.raises(CalledOffError):
            waiting.result()
    with (
        pytest.raises(CalledOffError),
        desk.database.transaction() as connection,
        call_off.may_end(connection),
    ):
        pass
    with desk.database.transaction() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_caller_who_leaves_ends_the_search(
    served: Served, house: House, database_url: str, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """The search waits for a table that is locked; when the caller leaves, no statement waits any more."""
    with psycopg.connect(database_url) as locking, psycopg.connect(database_url, autocommit=True) as looking:
        locking.execute("lock table posthus.contact in access exclusive mode")

        def waiting() -> int:
            found = looking.execute(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            ).fetchone()
            assert found is not None
            return int(found[0])

        with httpx.Client() as client, ThreadPoolExecutor(1) as side:
            address = f"{served.url}/api/v1/search?q=kvist"
            asking = side.submit(client.get, address, headers=bearer(house.keys["search"]), timeout=3)
            wait_until(lambda: waiting() == 1)
            with pytest.raises(httpx.TimeoutException):
                asking.result()
            wait_until(lambda: waiting() == 0)
