"""Who may come in: passwords, cookies, CSRF, the login limit, keys, and how soon a revoked one is out."""

from collections.abc import Callable
from dataclasses import replace

import httpx

from posthus.api.application import create_application
from posthus.api.members import add_member
from posthus.api.parts import ApiParts
from posthus.api.signin import FAILURES_PER_EMAIL
from posthus.cache.feed import Feed
from posthus.database.pool import Database
from tests.integration.api.conftest import PASSWORD, House, SignIn, bearer, visit

Wait = Callable[[Callable[[], bool]], None]


def login(house: House, password: str = PASSWORD) -> dict[str, str]:
    return {"email": house.email("agent"), "password": password}


def test_signing_in_gives_a_cookie_no_script_can_read(client: httpx.Client, house: House) -> None:
    answer = client.post("/api/v1/session", json=login(house))
    assert answer.status_code == 200
    assert answer.json()["member"]["role"] == "agent"
    assert answer.json()["workspace"] == {"id": house.id, "name": "Tagfirmaet"}
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/api/v1/session").json()["csrf"] == answer.json()["csrf"]


def test_an_address_is_found_however_it_is_typed(client: httpx.Client, house: House) -> None:
    typed = {"email": f"  {house.email('agent').upper()} ", "password": PASSWORD}
    assert client.post("/api/v1/session", json=typed).status_code == 200


def test_only_hashes_are_stored(client: httpx.Client, house: House, database: Database) -> None:
    client.post("/api/v1/session", json=login(house))
    with database.transaction() as connection:
        stored = connection.execute("select token_hash from posthus.session").fetchone()
        password = connection.execute("select password_hash from posthus.member").fetchone()
    assert stored is not None
    assert client.cookies["posthus_session"].encode() not in stored[0]
    assert password is not None
    assert password[0].startswith("$argon2id$")


def test_a_wrong_password_and_an_unknown_person_look_the_same(client: httpx.Client, house: House) -> None:
    wrong = client.post("/api/v1/session", json=login(house, "forkert"))
    unknown = client.post("/api/v1/session", json={"email": "ingen@example.dk", "password": "forkert"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_guessing_is_limited_also_with_the_right_password(client: httpx.Client, house: House) -> None:
    for _ in range(FAILURES_PER_EMAIL):
        assert client.post("/api/v1/session", json=login(house, "forkert")).status_code == 401
    refused = client.post("/api/v1/session", json=login(house))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    other = {"email": house.email("manager"), "password": PASSWORD}
    assert client.post("/api/v1/session", json=other).status_code == 200


def test_signing_in_often_and_right_is_not_limited(client: httpx.Client, house: House) -> None:
    for _ in range(FAILURES_PER_EMAIL + 2):
        assert client.post("/api/v1/session", json=login(house)).status_code == 200


def test_nobody_is_let_in_without_a_token(client: httpx.Client, house: House) -> None:
    for headers in ({}, bearer("phk_unknown"), bearer("other"), {"Cookie": "posthus_session=unknown"}):
        answer = client.get("/api/v1/members", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_write_by_cookie_needs_the_csrf_value(house: House, sign_in: SignIn) -> None:
    browser = sign_in(house, "agent")
    browser.headers.pop("X-CSRF-Token")
    assert browser.delete("/api/v1/session").status_code == 403
    assert browser.delete("/api/v1/session", headers={"X-CSRF-Token": "guess"}).status_code == 403
    assert browser.get("/api/v1/session").status_code == 200


def test_another_site_cannot_write_or_sign_in(house: House, sign_in: SignIn, client: httpx.Client) -> None:
    elsewhere = {"Origin": "https://evil.example"}
    assert sign_in(house, "agent").delete("/api/v1/session", headers=elsewhere).status_code == 403
    assert client.post("/api/v1/session", json=login(house), headers=elsewhere).status_code == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/v1/session", json=login(house), headers=cross).status_code == 403
    own = {"Origin": "http://testserver"}
    assert client.post("/api/v1/session", json=login(house), headers=own).status_code == 200


def test_signing_out_ends_the_session_for_a_copied_cookie_too(
    house: House, sign_in: SignIn, client: httpx.Client, wait_until: Wait
) -> None:
    browser = sign_in(house, "agent")
    stolen = {"Cookie": f"posthus_session={browser.cookies['posthus_session']}"}
    assert client.get("/api/v1/session", headers=stolen).status_code == 200
    assert browser.delete("/api/v1/session").status_code == 204
    wait_until(lambda: client.get("/api/v1/session", headers=stolen).status_code == 401)


def test_a_disabled_member_is_out(
    house: House, sign_in: SignIn, database: Database, wait_until: Wait
) -> None:
    browser = sign_in(house, "agent")
    with database.transaction() as connection:
        connection.execute(
            "update posthus.member set disabled_at = now() where id = %s", (house.members["agent"],)
        )
    wait_until(lambda: browser.get("/api/v1/session").status_code == 401)


def test_a_new_password_ends_the_old_sessions(
    house: House, sign_in: SignIn, database: Database, wait_until: Wait
) -> None:
    browser = sign_in(house, "agent")
    with database.transaction() as connection:
        add_member(connection, house.id, (house.email("agent"), "Agent"), "agent", "en ny kode")
    wait_until(lambda: browser.get("/api/v1/session").status_code == 401)


def test_a_revoked_key_is_out(
    client: httpx.Client, house: House, database: Database, wait_until: Wait
) -> None:
    key = bearer(house.keys["read"])
    assert client.get("/api/v1/members", headers=key).status_code == 200
    with database.transaction() as connection:
        connection.execute("update posthus.api_key set revoked_at = now()")
    wait_until(lambda: client.get("/api/v1/members", headers=key).status_code == 401)


def test_known_callers_are_remembered(house: House, parts: ApiParts, database: Database) -> None:
    key = bearer(house.keys["read"])
    feed = Feed(database, bound=60.0)  # however slow the machine is
    with visit(create_application(replace(parts, feed=feed))) as client:
        for _ in range(5):
            assert client.get("/api/v1/members", headers=key).status_code == 200
        metrics = client.get("/metrics").text
    feed.close()
    assert 'posthus_cache_misses_total{cache="callers"} 1' in metrics


def test_signing_in_is_in_the_audit_log(house: House, sign_in: SignIn, database: Database) -> None:
    sign_in(house, "manager")
    with database.transaction() as connection:
        noted = connection.execute("select actor from posthus.audit where action = 'sign_in'").fetchall()
    assert noted == [(f"member:{house.members['manager']}",)]
