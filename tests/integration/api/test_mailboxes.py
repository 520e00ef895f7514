"""Mailboxes over the API: made by who may, never showing a secret, tried before they are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.dovecot import PASSWORD, Dovecot, find_dovecot
from posthus.database.pool import Database
from tests.integration.api.conftest import House, SignIn


@pytest.fixture(scope="module")
def server(scratch: Path) -> Iterator[Dovecot]:
    if find_dovecot() is None:
        pytest.skip("needs Dovecot (Debian package dovecot-imapd)")
    running = Dovecot(scratch / "dovecot-api")
    yield running
    running.stop()


def access(server: Dovecot, password: str = PASSWORD) -> dict[str, object]:
    where = {"host": "127.0.0.1", "port": server.port, "security": "none"}
    return {**where, "username": "salg", "password": password}


def test_a_mailbox_is_tried_made_changed_and_compared(
    server: Dovecot, house: House, neighbour: House, sign_in: SignIn, database: Database
) -> None:
    with server.client("salg") as mail:
        mail.append("INBOX", b"Subject: Hej\r\n\r\nHej\r\n")
    admin = sign_in(house, "admin")
    tried = admin.post("/api/v1/mailboxes/test", json=access(server)).json()
    assert tried["works"]
    assert tried["folders"][0] == {"name": "INBOX", "messages": 1}
    refused = admin.post("/api/v1/mailboxes/test", json=access(server, "forkert")).json()
    assert (refused["works"], refused["trouble"]) == (False, "sign_in")
    made = admin.post("/api/v1/mailboxes", json={"name": "Salg", "access": access(server)})
    assert made.status_code == 201
    number = made.json()["id"]
    (shown,) = admin.get("/api/v1/mailboxes").json()["items"]
    assert (shown["name"], shown["state"], shown["folders"]) == ("Salg", "waiting", [])
    assert PASSWORD not in admin.get("/api/v1/mailboxes").text
    with database.transaction() as connection:
        (stored,) = connection.execute("select secret from posthus.mailbox").fetchone() or ("",)
    assert PASSWORD not in stored
    changed = {**access(server, ""), "folders": ["INBOX"]}
    assert admin.put(f"/api/v1/mailboxes/{number}", json=changed).status_code == 200
    assert admin.get("/api/v1/mailboxes").json()["items"][0]["wanted_folders"] == ["INBOX"]
    assert admin.post(f"/api/v1/mailboxes/{number}/check").status_code == 202
    assert admin.get("/api/v1/mailboxes").json()["items"][0]["check_asked"]
    assert admin.get(f"/api/v1/mailboxes/{number}/troubled").json() == {"items": []}
    other = sign_in(neighbour, "admin")
    assert other.get("/api/v1/mailboxes").json() == {"items": []}
    assert other.post(f"/api/v1/mailboxes/{number}/check").status_code == 404
    assert other.put(f"/api/v1/mailboxes/{number}", json=changed).status_code == 404


def test_only_who_keeps_sources_makes_mailboxes(house: House, sign_in: SignIn) -> None:
    agent = sign_in(house, "agent")
    wanted = {"host": "mail.example.com", "username": "salg", "password": "hemmeligt"}
    assert agent.post("/api/v1/mailboxes", json={"name": "Salg", "access": wanted}).status_code == 403
    assert agent.post("/api/v1/mailboxes/test", json=wanted).status_code == 403
    assert agent.get("/api/v1/mailboxes").status_code == 200


@pytest.mark.parametrize(
    ("access", "says"),
    [
        ({"username": "salg", "password": "x"}, "server"),
        ({"host": "mail.example.com", "username": "salg"}, "password"),
        ({"provider": "google", "username": "salg", "client_id": "a"}, "refresh token"),
        ({"token_url": "http://example.com/token", "host": "m", "username": "s", "client_id": "a",
          "refresh_token": "b"}, "https"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(access: dict[str, object], says: str, house: House, sign_in: SignIn) -> None:
    admin = sign_in(house, "admin")
    answer = admin.post("/api/v1/mailboxes", json={"name": "Salg", "access": access})
    assert answer.status_code == 422
    assert says in answer.json()["detail"] + answer.json().get("title", "")
