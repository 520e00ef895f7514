"""Files sent in over the API: whole whatever breaks on the way, by who may, and never another workspace's."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.api.application import create_application
from posthus.api.parts import ApiParts
from posthus.api.shapes.shape import Role
from posthus.database.pool import Database
from posthus.intake.uploads import PIECE_BYTES
from tests.integration.api.conftest import House, SignIn, bearer, visit

FROM = b"From someone@example.com Mon Jan  5 10:11:12 2026\n"
MAIL = FROM + b"From: kunde@example.com\nSubject: Hej\n\nHej\n\n"
PLACE = "/api/v1/imports"


def begin(client: httpx.Client, size: int = len(MAIL), **fields: object) -> httpx.Response:
    wanted = {"source_name": "Gammel post", "name": "indbakke.mbox", "size": size, "beginning": "abc"}
    return client.post(PLACE, json={**wanted, **fields})


def digest(body: bytes) -> str:
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def send(client: httpx.Client, number: int, offset: int, body: bytes, proof: str = "") -> httpx.Response:
    fields = {"Upload-Offset": str(offset), "Content-Type": "application/partial-upload"}
    fields |= {"Content-Digest": proof} if proof else {}
    return client.patch(f"{PLACE}/{number}/content", content=body, headers=fields)


def stored(database: Database, number: int) -> bytes:
    with database.transaction() as connection:
        found = connection.execute(
            "select body from posthus.import_piece where import_id = %s order by start", (number,)
        )
        return b"".join(body for (body,) in found)


def test_a_file_goes_up_by_pieces_and_then_waits(manager: httpx.Client, database: Database) -> None:
    made = begin(manager)
    assert made.status_code == 201
    number = made.json()["id"]
    assert (made.json()["state"], made.json()["received"]) == ("uploading", 0)
    first = send(manager, number, 0, MAIL[:20], digest(MAIL[:20]))
    assert (first.status_code, first.json()) == (200, {"offset": 20, "complete": False})
    there = manager.head(f"{PLACE}/{number}/content")
    fields = ("upload-offset", "upload-length", "upload-complete")
    assert [there.headers[name] for name in fields] == ["20", str(len(MAIL)), "?0"]
    again = send(manager, number, 0, MAIL[:20])
    assert (again.status_code, again.headers["upload-offset"]) == (409, "20")
    ahead = send(manager, number, 30, MAIL[30:])
    assert (ahead.status_code, ahead.headers["upload-offset"]) == (409, "20")
    last = send(manager, number, 20, MAIL[20:])
    assert (last.json(), last.headers["upload-offset"]) == (
        {"offset": len(MAIL), "complete": True},
        str(len(MAIL)),
    )
    assert manager.head(f"{PLACE}/{number}/content").headers["upload-complete"] == "?1"
    assert manager.get(f"{PLACE}/{number}").json()["state"] == "waiting"
    assert stored(database, number) == MAIL
    assert send(manager, number, len(MAIL), b"x").status_code == 410


def test_the_same_file_goes_on_where_it_was(house: House, sign_in: SignIn) -> None:
    """In another window, by another person, after any break."""
    manager, admin = sign_in(house, "manager"), sign_in(house, "admin")
    number = begin(manager).json()["id"]
    send(manager, number, 0, MAIL[:50])
    again = begin(admin).json()
    assert (again["id"], again["received"]) == (number, 50)
    assert begin(admin, beginning="another").json()["id"] != number
    assert begin(admin, size=len(MAIL) + 1).json()["id"] != number
    assert begin(admin, source_name="Andet").json()["id"] != number
    listed = admin.get(PLACE, params={"limit": 3}).json()
    assert len(listed["items"]) == 3
    rest = admin.get(PLACE, params={"cursor": listed["next_cursor"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([number], None)


def test_what_is_wrong_with_a_piece_is_said_and_nothing_of_it_kept(
    manager: httpx.Client, database: Database
) -> None:
    number = begin(manager, PIECE_BYTES * 2).json()["id"]
    assert send(manager, number, 0, MAIL, digest(b"something else")).status_code == 422
    assert send(manager, number, 0, MAIL, "sha-256=:not base64:").status_code == 400
    assert send(manager, number, 0, b"").status_code == 422
    assert send(manager, number, 0, bytes(PIECE_BYTES + 1)).status_code == 413
    assert manager.patch(f"{PLACE}/{number}/content", content=MAIL).status_code == 422
    assert stored(database, number) == b""
    short = begin(manager, 30).json()["id"]
    assert send(manager, short, 0, MAIL).status_code == 422
    assert send(manager, 2**40, 0, MAIL).status_code == 404


def test_what_holds_no_mail_is_refused_before_it_is_sent(manager: httpx.Client) -> None:
    number = begin(manager, name="billede.png", size=3).json()["id"]
    refused = send(manager, number, 0, b"\x89PN")
    assert (refused.status_code, "no mail" in refused.json()["detail"]) == (422, True)
    failed = manager.get(f"{PLACE}/{number}").json()
    assert (failed["state"], failed["trouble"], failed["received"]) == ("failed", "no_mail", 0)
    assert begin(manager, name="  ").status_code == 422
    assert begin(manager, size=0).status_code == 422
    assert begin(manager, source_name=None).status_code == 422
    assert begin(manager, source_id=2**40).status_code == 422
    store = begin(manager, name="outlook.pst")
    assert (store.status_code, "readpst" in store.json()["detail"]) == (422, True)


def test_there_is_room_for_so_much_and_cancelling_makes_room(
    parts: ApiParts, doors: list[httpx.Client]
) -> None:
    client = doors[0]
    room = parts.settings.upload_bytes
    number = begin(client, room - 10).json()["id"]
    full = begin(client, 11)
    assert (full.status_code, "POSTHUS_UPLOAD_MB" in full.json()["detail"]) == (507, True)
    assert begin(client, room - 10).json()["id"] == number
    assert client.delete(f"{PLACE}/{number}").json()["state"] == "cancelled"
    assert client.delete(f"{PLACE}/{number}").json()["state"] == "cancelled"
    assert begin(client, 11).status_code == 201
    assert send(client, number, 0, MAIL).status_code == 410


@pytest.mark.parametrize("role", ["agent", "read-only"])
def test_only_who_keeps_sources_sends_files_in(
    role: Role, house: House, neighbour: House, sign_in: SignIn, manager: httpx.Client
) -> None:
    number = begin(manager).json()["id"]
    other = sign_in(house, role)
    assert begin(other).status_code == 403
    assert send(other, number, 0, MAIL).status_code == 403
    assert other.head(f"{PLACE}/{number}/content").status_code == 403
    assert other.delete(f"{PLACE}/{number}").status_code == 403
    assert other.get(f"{PLACE}/{number}").status_code == 200
    next_door = sign_in(neighbour, "admin")
    assert next_door.get(PLACE).json()["items"] == []
    assert send(next_door, number, 0, MAIL).status_code == 404
    assert next_door.head(f"{PLACE}/{number}/content").status_code == 404
    assert next_door.delete(f"{PLACE}/{number}").status_code == 404
    assert manager.get(f"{PLACE}/{number}").json()["received"] == 0


def test_beginning_and_cancelling_are_in_the_log(manager: httpx.Client) -> None:
    number = begin(manager).json()["id"]
    manager.delete(f"{PLACE}/{number}")
    noted = [one["action"] for one in manager.get("/api/v1/audit").json()["items"]]
    assert noted[:3] == ["import_cancelled", "import_begun", "source_added"]


CUTS = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(["once", "twice", "torn", "ahead"])), max_size=30
)


@pytest.fixture
def doors(parts: ApiParts, house: House) -> Iterator[list[httpx.Client]]:
    """Two processes that know nothing of each other."""
    with visit(create_application(parts)) as one, visit(create_application(parts)) as other:
        for door in (one, other):
            door.headers.update(bearer(house.keys["admin"]))
        yield [one, other]


@given(cuts=CUTS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_breaks_on_the_way_the_bytes_are_the_same(
    cuts: list[tuple[int, str]], doors: list[httpx.Client], database: Database
) -> None:
    """Two processes take turns; pieces come twice, torn, too early: a sender that asks where to go on does so."""
    whole = MAIL * 3
    number = begin(doors[0], len(whole), beginning=sha256(str(cuts).encode()).hexdigest()).json()["id"]
    for turn, (size, what) in enumerate([*cuts, (len(whole), "once")]):
        door = doors[turn % 2]
        offset = int(door.head(f"{PLACE}/{number}/content").headers["upload-offset"])
        piece = whole[offset : offset + size]
        if not piece:
            break
        if what == "torn":
            assert send(door, number, offset, piece[:-1] + b"\0", digest(piece)).status_code == 422
        elif what == "ahead":
            assert send(door, number, offset + 1, piece).status_code == 409
        else:
            assert send(door, number, offset, piece, digest(piece)).json()["offset"] == offset + len(piece)
            if what == "twice":
                again = send(doors[0], number, offset, piece)
                assert (again.status_code, int(again.headers["upload-offset"])) == (409, offset + len(piece))
    assert stored(database, number) == whole
