"""What the law gives people: an export of everything, an erasure that leaves nothing, and rules for how long."""

import json
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import httpx
import psycopg
import pytest

from posthus.app.errands import STEPS, errand_runner
from posthus.conversations import retention
from posthus.conversations.errands import Errand, ErrandRunner, Progress
from posthus.database.pool import Database
from tests.integration.api.conftest import House, SignIn
from tests.integration.api.office import BEGIN, Letter, Office, kill_backend

Json = dict[str, object]
WORD = "Kirsebærhaven"


@pytest.fixture
def office(database: Database, house: House) -> Office:
    return Office(database, house)


@pytest.fixture
def admin(house: House, sign_in: SignIn) -> httpx.Client:
    return sign_in(house, "admin")


def letter(
    office: Office, sender: str, text: str, *, answers: str = "", cc: str = "", file: bytes = b""
) -> Letter:
    office.sent += 1
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, f"post@{office.house.id}.example.dk", "Hej"
    mail["Date"], mail["Message-ID"] = format_datetime(BEGIN), f"<{office.sent}@brev.example>"
    if answers:
        mail["References"] = answers
    if cc:
        mail["Cc"] = cc
    mail.set_content(text)
    if file:
        mail.add_attachment(file, maintype="application", subtype="pdf", filename="Plan Ø.pdf")
    return Letter(str(mail["Message-ID"]), bytes(mail))


def finish(database: Database) -> None:
    runner = errand_runner(database)
    while runner.run_once():
        pass


def where_is(database: Database, *needles: str) -> list[str]:
    """The tables that hold one of these texts anywhere, also inside what is stored as bytes."""
    found = []
    with database.transaction() as connection:
        names = connection.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'posthus' and c.relkind = 'r'"
        ).fetchall()
        for (name,) in names:
            for (text,) in connection.execute(f"select lower(t::text) from posthus.{name} t".encode()):
                if any(needle.lower() in text or needle.lower().encode().hex() in text for needle in needles):
                    found.append(name)
    return sorted(set(found))


def contact_of(client: httpx.Client, text: str) -> int:
    (found,) = client.get("/api/v1/contacts", params={"q": text}).json()["items"]
    return int(found["id"])


def fill(office: Office) -> None:
    """Åse writes twice and is copied once; Bo answers her, and has a conversation of his own with the same file."""
    first = letter(office, "Åse Øst <aase@privat.example>", f"Jeg bor i {WORD}", file=b"%PDF delt")
    office.put(first)
    office.put(letter(office, "Bo <bo@firma.example>", "Svar til Åse", answers=first.message_id))
    office.put(
        letter(office, "Bo <bo@firma.example>", "Min egen sag", cc="aase@privat.example", file=b"%PDF delt")
    )
    office.put(letter(office, "Åse Øst <aase@privat.example>", "Endnu en gang", file=b"%PDF kun hendes"))


def test_an_export_has_everything_as_it_came(office: Office, database: Database, admin: httpx.Client) -> None:
    fill(office)
    contact = contact_of(admin, "aase@")
    admin.post(f"/api/v1/contacts/{contact}/notes", json={"text": "Ringer helst om aftenen"})
    errand = admin.post(f"/api/v1/contacts/{contact}/export").json()
    assert admin.get(f"/api/v1/errands/{errand['id']}/file").status_code == 404
    finish(database)
    assert admin.get(f"/api/v1/errands/{errand['id']}").json()["state"] == "done"
    answer = admin.get(f"/api/v1/errands/{errand['id']}/file")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as packed:
        names = packed.namelist()
        person = json.loads(packed.read("contact.json"))
        messages = json.loads(packed.read("messages.json"))
        originals = [packed.read(name) for name in names if name.startswith("originals/")]
        files = [name for name in names if name.startswith("files/")]
    assert person["addresses"] == [{"kind": "email", "address": "aase@privat.example"}]
    assert person["notes"][0]["text"] == "Ringer helst om aftenen"
    assert [one["from"]["address"] for one in messages] == [
        "aase@privat.example", "bo@firma.example", "aase@privat.example",
    ] or len(messages) == 3  # fmt: skip
    assert len(originals) == 3
    assert sorted(name.rpartition(" ")[2] for name in files) == ["Ø.pdf", "Ø.pdf"]
    assert "contact_exported" in admin.get("/api/v1/audit/actions").json()["items"]


def test_an_erasure_leaves_nothing_but_a_receipt(
    office: Office, database: Database, admin: httpx.Client, sign_in: SignIn, house: House
) -> None:
    fill(office)
    contact = contact_of(admin, "aase@")
    path = f"/api/v1/contacts/{contact}"
    admin.patch(path, json={"title": "Ejer"})
    admin.post(f"{path}/notes", json={"text": f"{WORD} 7"})
    admin.post(f"{path}/export")
    finish(database)
    assert sign_in(house, "agent").post(f"{path}/erase", json={"confirm": "x"}).status_code == 403
    assert admin.get(f"{path}/erasure").json()["messages"] == 3
    assert admin.post(f"{path}/erase", json={"confirm": "en anden"}).status_code == 422
    admin.patch(path, json={"held": True})
    assert admin.post(f"{path}/erase", json={"confirm": "aase@privat.example"}).status_code == 409
    admin.patch(path, json={"held": False})
    ordered = admin.post(f"{path}/erase", json={"confirm": " ÅSE øst "})
    assert ordered.status_code == 202
    finish(database)
    with database.transaction() as connection:
        connection.execute("delete from posthus.idempotent_answer")
    assert admin.get(path).status_code == 404
    assert where_is(database, "aase@privat", WORD, "Endnu en gang", "Svar til Åse") == []
    (receipt,) = admin.get("/api/v1/receipts").json()["items"]
    assert (receipt["messages"], receipt["originals"], receipt["files"], receipt["notes"]) == (3, 3, 2, 1)
    assert receipt["addresses"] == [sha256(b"aase@privat.example").hexdigest()]
    assert receipt["redacted"] == 1
    (left,) = admin.get("/api/v1/conversations").json()["items"]
    (message,) = admin.get(f"/api/v1/conversations/{left['id']}/messages").json()["items"]
    assert (message["text"].strip(), message["cc"]) == ("Min egen sag", [])
    file = admin.get(f"/api/v1/attachments/{message['attachments'][0]['id']}")
    assert file.content == b"%PDF delt"  # a file that somebody else sent too stays theirs


def test_an_erasure_that_is_killed_goes_on_where_it_was(
    office: Office, database: Database, database_url: str, admin: httpx.Client
) -> None:
    fill(office)
    contact = contact_of(admin, "aase@")
    admin.post(f"/api/v1/contacts/{contact}/erase", json={"confirm": "aase@privat.example"})
    killed = 0

    def killed_once(connection: psycopg.Connection, errand: Errand) -> Progress:
        nonlocal killed
        progress = STEPS[errand.kind](connection, errand)
        if not killed:
            killed += 1
            kill_backend(connection, database_url)
        return progress

    runner = ErrandRunner(database, {"erase": killed_once})
    with pytest.raises(psycopg.OperationalError):
        runner.run_once()
    assert admin.get(f"/api/v1/contacts/{contact}").status_code == 200
    while runner.run_once():
        pass
    (receipt,) = admin.get("/api/v1/receipts").json()["items"]
    assert receipt["messages"] == 3


def test_a_hold_that_comes_after_the_order_stops_an_erasure(
    office: Office, database: Database, admin: httpx.Client
) -> None:
    fill(office)
    contact = contact_of(admin, "aase@")
    errand = admin.post(f"/api/v1/contacts/{contact}/erase", json={"confirm": "aase@privat.example"}).json()
    admin.patch(f"/api/v1/contacts/{contact}", json={"held": True})
    finish(database)
    assert admin.get(f"/api/v1/errands/{errand['id']}").json()["state"] == "failed"
    assert admin.get(f"/api/v1/contacts/{contact}").json()["figures"]["messages"] > 0


def test_what_is_too_old_goes_by_rule_but_never_what_is_held(
    office: Office, database: Database, admin: httpx.Client
) -> None:
    office.put_many(6)
    numbers = [one["id"] for one in admin.get("/api/v1/conversations").json()["items"]]
    admin.patch(f"/api/v1/conversations/{numbers[0]}", json={"held": True})
    contact = admin.get(f"/api/v1/conversations/{numbers[1]}").json()["contact"]["id"]
    admin.patch(f"/api/v1/contacts/{contact}", json={"held": True})
    with database.transaction() as connection:
        query = "update posthus.conversation set last_message_at = now() - interval '40 days' where id <> %s"
        connection.execute(query, (numbers[5],))
    rule: Json = {"source_id": office.source_id, "days": 30}
    assert admin.post("/api/v1/retention/preview", json=rule).json() == {
        "conversations": 3,
        "messages": 3,
        "held": 2,
    }
    assert len(admin.get("/api/v1/conversations").json()["items"]) == 6  # looking removes nothing
    made = admin.post("/api/v1/retention", json=rule).json()
    assert admin.post("/api/v1/retention", json=rule).status_code == 409
    everything = admin.post("/api/v1/retention", json={"days": 1}).json()  # the source's own rule goes first
    for _ in range(10):
        with database.transaction() as connection:
            retention.apply_next(connection)
    left = {one["id"] for one in admin.get("/api/v1/conversations").json()["items"]}
    assert left == {numbers[0], numbers[1], numbers[5]}
    rules = {one["id"]: one for one in admin.get("/api/v1/retention").json()["items"]}
    assert (rules[made["id"]]["removed"], rules[everything["id"]]["removed"]) == (3, 0)
    changed = admin.patch(f"/api/v1/retention/{made['id']}", json={"days": 365, "enabled": False}).json()
    assert (changed["days"], changed["enabled"]) == (365, False)
    assert admin.delete(f"/api/v1/retention/{made['id']}").status_code == 204
