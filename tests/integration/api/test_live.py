"""Live changes on a real server: told when committed, to their workspace only, and ended quickly."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import httpx
import psycopg

from posthus.api.parts import ApiParts
from tests.integration.api.conftest import House, Served, bearer, furnish

Wait = Callable[[Callable[[], bool]], None]


class Listener:
    """One open stream, read in a thread."""

    def __init__(self, served: Served, key: str) -> None:
        self.lines: list[str] = []
        self.headers: dict[str, str] = {}
        self.status = 0
        self.ended = Event()
        self._url, self._key = f"{served.url}/api/v1/events", key
        self._leave = Event()
        self.thread = Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        try:
            with httpx.stream("GET", self._url, headers=bearer(self._key), timeout=60) as answer:
                self.status, self.headers = answer.status_code, dict(answer.headers)
                for line in answer.iter_lines():
                    self.lines.append(line)
                    if self._leave.is_set():
                        return
        except httpx.TransportError:
            pass
        finally:
            self.ended.set()

    def told(self) -> str:
        return "\n".join(self.lines)

    def leave(self) -> None:
        self._leave.set()


@contextmanager
def elsewhere(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url) as connection:
        yield connection


def add_company(connection: psycopg.Connection, house: House, name: str) -> None:
    connection.execute("insert into posthus.company (workspace_id, name) values (%s, %s)", (house.id, name))


def test_a_commit_made_elsewhere_is_told(
    served: Served, house: House, database_url: str, wait_until: Wait
) -> None:
    listener = Listener(served, house.keys["read"])
    wait_until(lambda: "event: hello" in listener.told())
    assert listener.headers["content-type"].startswith("text/event-stream")
    assert listener.headers["cache-control"] == "no-store"
    assert listener.headers["x-accel-buffering"] == "no"
    with elsewhere(database_url) as connection:
        add_company(connection, house, "Tømrer Ø")
    wait_until(lambda: 'data: {"topics":["companies"]}' in listener.told())


def test_what_commits_late_is_told_once_and_what_rolls_back_never(
    served: Served, house: House, database_url: str, wait_until: Wait
) -> None:
    listener = Listener(served, house.keys["read"])
    wait_until(lambda: "event: hello" in listener.told())
    with elsewhere(database_url) as early, elsewhere(database_url) as later, elsewhere(database_url) as never:
        add_company(early, house, "Begyndte først")
        never.execute("insert into posthus.contact (workspace_id, name) values (%s, 'Aldrig')", (house.id,))
        never.rollback()
        later.execute(
            "insert into posthus.source (workspace_id, kind, name) values (%s, 'import', 'Arkiv')",
            (house.id,),
        )
        later.commit()
        wait_until(lambda: '"sources"' in listener.told())
        assert "companies" not in listener.told()
        early.commit()
        wait_until(lambda: "companies" in listener.told())
    add_more = Listener(served, house.keys["read"])
    wait_until(lambda: "event: hello" in add_more.told())
    with elsewhere(database_url) as last:
        last.execute("insert into posthus.contact (workspace_id, name) values (%s, 'Sidst')", (house.id,))
        assert "contacts" not in listener.told()
        last.commit()
    wait_until(lambda: "contacts" in listener.told())
    assert listener.told().count("companies") == 1


def test_the_neighbour_hears_nothing(
    served: Served, parts: ApiParts, house: House, database_url: str, wait_until: Wait
) -> None:
    neighbour = furnish(parts.database, "Naboen")
    ours, theirs = Listener(served, house.keys["read"]), Listener(served, neighbour.keys["read"])
    wait_until(lambda: "hello" in ours.told() and "hello" in theirs.told())
    with elsewhere(database_url) as connection:
        add_company(connection, house, "Vores")
    wait_until(lambda: "companies" in ours.told())
    with elsewhere(database_url) as connection:
        connection.execute("insert into posthus.contact (workspace_id) values (%s)", (neighbour.id,))
    wait_until(lambda: "contacts" in theirs.told())
    assert "companies" not in theirs.told()
    assert "contacts" not in ours.told()


def test_a_revoked_key_loses_its_stream(
    served: Served, house: House, database_url: str, wait_until: Wait
) -> None:
    listener = Listener(served, house.keys["read"])
    wait_until(lambda: "hello" in listener.told())
    with elsewhere(database_url) as connection:
        connection.execute("update posthus.api_key set revoked_at = now() where name = 'read'")
    wait_until(listener.ended.is_set)


def test_one_caller_has_a_limited_number_of_streams(
    served: Served, parts: ApiParts, house: House, wait_until: Wait
) -> None:
    most = parts.settings.streams_per_session
    listeners = [Listener(served, house.keys["read"]) for _ in range(most)]
    wait_until(lambda: all("hello" in one.told() for one in listeners))
    refused = httpx.get(f"{served.url}/api/v1/events", headers=bearer(house.keys["read"]))
    assert refused.status_code == 429
    assert refused.headers["retry-after"]


def test_the_server_ends_while_streams_are_open(served: Served, house: House, wait_until: Wait) -> None:
    listeners = [Listener(served, house.keys["read"]) for _ in range(3)]
    wait_until(lambda: all("hello" in one.told() for one in listeners))
    served.stop()
    wait_until(lambda: served.ended() and all(one.ended.is_set() for one in listeners))


def test_a_stream_that_was_left_is_not_counted_for_ever(
    served: Served, house: House, database_url: str, wait_until: Wait
) -> None:
    listener = Listener(served, house.keys["read"])
    wait_until(lambda: "hello" in listener.told())
    assert "posthus_live_streams 1" in httpx.get(f"{served.url}/metrics").text
    listener.leave()
    with elsewhere(database_url) as connection:
        add_company(connection, house, "Et vink")
    wait_until(listener.ended.is_set)
    wait_until(lambda: "posthus_live_streams 0" in httpx.get(f"{served.url}/metrics").text)
