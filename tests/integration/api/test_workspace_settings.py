"""People, keys and settings: invited by a link, changed by who may, never without an admin, all in the audit log."""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from posthus.database.pool import Database
from tests.integration.api.conftest import PASSWORD, House, SignIn, bearer

Wait = Callable[[Callable[[], bool]], None]
Json = dict[str, object]


@pytest.fixture
def admin(house: House, sign_in: SignIn) -> httpx.Client:
    return sign_in(house, "admin")


def join_path(url: str) -> str:
    return "/api/v1/invitations/" + urlsplit(url).path.rpartition("/")[2]


def test_an_invited_member_chooses_a_password_by_the_link_and_is_in(
    house: House, admin: httpx.Client, client: httpx.Client
) -> None:
    new: Json = {"email": "Nye@Example.dk", "name": "Nye", "role": "agent"}
    invited = admin.post("/api/v1/members", json=new).json()
    assert invited["member"]["invited"] is True
    assert admin.post("/api/v1/members", json=new).status_code == 409
    path = join_path(invited["invitation"]["url"])
    assert client.get(path).json()["email"] == "nye@example.dk"
    assert client.post(path, json={"password": "kort"}).status_code == 422
    elsewhere = {"Origin": "https://evil.example"}
    assert client.post(path, json={"password": "en god lang kode"}, headers=elsewhere).status_code == 403
    joined = client.post(path, json={"password": "en god lang kode", "name": "Ny Nielsen"})
    assert joined.json()["member"]["name"] == "Ny Nielsen"
    assert joined.json()["rights"] == ["read", "search", "write"]
    assert client.get("/api/v1/session").status_code == 200
    assert client.post(path, json={"password": "en anden kode"}).status_code == 404
    again = {"email": "nye@example.dk", "password": "en god lang kode"}
    assert client.post("/api/v1/session", json=again).status_code == 200


def test_a_new_link_replaces_the_old_one_and_old_ones_end(
    database: Database, house: House, admin: httpx.Client, client: httpx.Client
) -> None:
    path = f"/api/v1/members/{house.members['agent']}/invitation"
    one, two = (join_path(admin.post(path).json()["url"]) for _ in range(2))
    assert client.get(one).status_code == 404
    assert client.get(two).status_code == 200
    with database.transaction() as connection:
        connection.execute("update posthus.invitation set expires_at = now()")
    assert client.get(two).status_code == 404


def test_roles_are_changed_by_who_may_and_an_admin_is_always_left(
    house: House, admin: httpx.Client, sign_in: SignIn, wait_until: Wait
) -> None:
    manager, agent = sign_in(house, "manager"), sign_in(house, "agent")
    path = {role: f"/api/v1/members/{number}" for role, number in house.members.items()}
    assert agent.patch(path["read-only"], json={"role": "agent"}).status_code == 403
    assert manager.patch(path["agent"], json={"role": "admin"}).status_code == 403
    assert manager.patch(path["admin"], json={"disabled": True}).status_code == 403
    assert manager.patch(path["manager"], json={"role": "agent"}).status_code == 409
    assert admin.patch(path["admin"], json={"role": "agent"}).status_code == 409
    key = bearer(house.keys["admin"])
    assert admin.patch(path["admin"], json={"disabled": True}, headers=key).status_code == 409
    out = manager.patch(path["agent"], json={"disabled": True, "name": "Ude"}).json()
    assert (out["disabled"], out["name"]) == (True, "Ude")
    wait_until(lambda: agent.get("/api/v1/session").status_code == 401)
    assert house.members["agent"] not in [one["id"] for one in admin.get("/api/v1/members").json()["items"]]
    everybody = admin.get("/api/v1/members", params={"all": True}).json()["items"]
    assert house.members["agent"] in [one["id"] for one in everybody]
    assert admin.patch(path["agent"], json={"disabled": False}).json()["disabled"] is False
    actions = [one["action"] for one in admin.get("/api/v1/audit").json()["items"]]
    assert actions.count("member_changed") == 2


def test_a_password_is_changed_with_the_old_one_and_ends_other_sessions(
    house: House, sign_in: SignIn, wait_until: Wait
) -> None:
    here, there = sign_in(house, "agent"), sign_in(house, "agent")
    sessions = here.get("/api/v1/me/sessions").json()["items"]
    assert sorted(one["current"] for one in sessions) == [False, True]
    wrong = {"current": "forkert", "new": "en helt ny kode"}
    assert here.post("/api/v1/me/password", json=wrong).status_code == 403
    assert here.post("/api/v1/me/password", json={**wrong, "current": PASSWORD}).status_code == 204
    wait_until(lambda: there.get("/api/v1/session").status_code == 401)
    assert here.get("/api/v1/session").status_code == 200


def test_sessions_are_ended_one_or_all_but_this(house: House, sign_in: SignIn, wait_until: Wait) -> None:
    here, there, elsewhere = (sign_in(house, "agent") for _ in range(3))
    stranger = sign_in(house, "manager")
    other = next(one["id"] for one in there.get("/api/v1/me/sessions").json()["items"] if one["current"])
    assert stranger.delete(f"/api/v1/me/sessions/{other}").status_code == 204  # nobody's but one's own
    assert there.get("/api/v1/session").status_code == 200
    assert here.delete(f"/api/v1/me/sessions/{other}").status_code == 204
    wait_until(lambda: there.get("/api/v1/session").status_code == 401)
    here.delete("/api/v1/me/sessions")
    wait_until(lambda: elsewhere.get("/api/v1/session").status_code == 401)
    assert len(here.get("/api/v1/me/sessions").json()["items"]) == 1


def test_one_changes_ones_own_name_and_language(house: House, sign_in: SignIn, wait_until: Wait) -> None:
    reader = sign_in(house, "read-only")
    changed = reader.patch("/api/v1/me", json={"name": "Læser", "language": "en"}).json()
    assert (changed["name"], changed["language"], changed["role"]) == ("Læser", "en", "read-only")
    wait_until(lambda: reader.get("/api/v1/session").json()["member"]["language"] == "en")


def test_a_key_is_shown_once_works_and_ends(
    house: House, admin: httpx.Client, client: httpx.Client, wait_until: Wait
) -> None:
    made = admin.post("/api/v1/keys", json={"name": "Hjemmeside", "scopes": ["read"]}).json()
    secret = bearer(made["secret"])
    assert client.get("/api/v1/members", headers=secret).status_code == 200
    assert client.post("/api/v1/tags", json={"name": "x"}, headers=secret).status_code == 403
    listed = admin.get("/api/v1/keys").json()["items"][0]
    assert (listed["name"], listed["created_by"]["name"], "secret" in listed) == (
        "Hjemmeside",
        "Admin",
        False,
    )
    assert admin.delete(f"/api/v1/keys/{made['key']['id']}").status_code == 204
    wait_until(lambda: client.get("/api/v1/members", headers=secret).status_code == 401)


def test_the_audit_log_is_filtered_and_paged(house: House, admin: httpx.Client, sign_in: SignIn) -> None:
    for name in ("En", "To", "Tre"):
        admin.post("/api/v1/keys", json={"name": name, "scopes": ["read"]})
    wanted = {"action": "key_created", "actor": f"member:{house.members['admin']}", "limit": "2"}
    page = admin.get("/api/v1/audit", params=wanted).json()
    rest = admin.get("/api/v1/audit", params={**wanted, "cursor": page["next_cursor"]}).json()
    assert [one["actor"]["name"] for one in page["items"] + rest["items"]] == ["Admin"] * 3
    assert rest["next_cursor"] is None
    assert "key_created" in admin.get("/api/v1/audit/actions").json()["items"]
    assert admin.get("/api/v1/audit", params={"since": "2030-01-01T00:00:00Z"}).json()["items"] == []
    assert sign_in(house, "agent").get("/api/v1/audit").status_code == 403


def test_the_workspaces_settings_are_checked(admin: httpx.Client, wait_until: Wait) -> None:
    changed = admin.patch(
        "/api/v1/workspace", json={"domains": [" @Firma.DK ", "firma.dk"], "time_zone": "Europe/Oslo"}
    )
    assert (changed.json()["domains"], changed.json()["time_zone"]) == (["firma.dk"], "Europe/Oslo")
    wait_until(lambda: admin.get("/api/v1/session").json()["time_zone"] == "Europe/Oslo")
    assert admin.patch("/api/v1/workspace", json={"domains": ["ikke et domæne"]}).status_code == 422
    assert admin.patch("/api/v1/workspace", json={"time_zone": "Mars/Base"}).status_code == 422
    assert admin.get("/api/v1/setup").json() == {
        "source": False, "conversation": False, "colleague": True, "tag": False, "view": False, "key": True,
    }  # fmt: skip
