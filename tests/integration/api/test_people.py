"""Contacts and companies: corrected for good, suggested when doubled, merged and taken apart without losing anything."""

from email.message import EmailMessage
from email.utils import format_datetime

import httpx
import pytest

from posthus.conversations.joining import follow_late
from posthus.database.pool import Database
from tests.integration.api.conftest import House
from tests.integration.api.office import BEGIN, Letter, Office

Json = dict[str, object]


@pytest.fixture
def office(database: Database, house: House) -> Office:
    return Office(database, house)


def letter(office: Office, sender: str, subject: str = "Hej") -> Letter:
    """A mail from somebody."""
    office.sent += 1
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, f"post@{office.house.id}.example.dk", subject
    mail["Date"] = format_datetime(BEGIN)
    mail["Message-ID"] = f"<{office.sent}@brev.example>"
    mail.set_content("Goddag")
    return Letter(str(mail["Message-ID"]), bytes(mail))


def named(client: httpx.Client, name: str, kind: str = "contacts") -> list[int]:
    return [one["id"] for one in client.get(f"/api/v1/{kind}", params={"q": name}).json()["items"]]


def everything(database: Database, house: House) -> list[list[tuple[object, ...]]]:
    """What belongs to whom, as far as merging touches it."""
    queries = (
        "select kind, address, contact_id from posthus.contact_address where workspace_id = %s order by 1, 2",
        "select kind, value, company_id from posthus.company_identity where workspace_id = %s order by 1, 2",
        "select id, contact_id from posthus.message where workspace_id = %s order by 1",
        "select message_id, contact_id from posthus.conversation_message where workspace_id = %s order by 1",
        "select id, contact_id, company_id from posthus.conversation where workspace_id = %s order by 1",
        "select id, contact_id, company_id from posthus.note where workspace_id = %s order by 1",
        "select id, name, title, held, company_id, merged_into from posthus.contact where workspace_id = %s order by 1",
        "select id, name, cvr, held, merged_into from posthus.company where workspace_id = %s order by 1",
    )
    with database.transaction() as connection:
        return [connection.execute(query.encode(), (house.id,)).fetchall() for query in queries]


def forget_last(database: Database) -> None:
    """As if the last mail had never come."""
    last = "(select max(id::text)::uuid from posthus.message)"
    conversation = "(select max(id) from posthus.conversation)"
    with database.transaction() as connection:
        for query in (
            f"delete from posthus.conversation_message where message_id = {last}",
            f"delete from posthus.message where id = {last}",
            f"delete from posthus.thread_node where thread_id = {conversation}",
            f"delete from posthus.conversation where id = {conversation}",
        ):
            connection.execute(query.encode())


def test_what_somebody_corrected_is_not_overruled_by_mail_and_can_be_taken_back(
    office: Office, agent: httpx.Client
) -> None:
    office.put(letter(office, "aase@kunde.example.com"))
    (contact,) = named(agent, "aase@")
    (company,) = named(agent, "kunde", "companies")
    path = f"/api/v1/contacts/{contact}"
    changed = agent.patch(path, json={"name": "Åse Øst", "title": "Indkøber", "company_id": None}).json()
    assert (changed["name"], changed["title"], changed["company"]) == ("Åse Øst", "Indkøber", None)
    assert agent.get("/api/v1/conversations").json()["items"][0]["company"] is None
    office.put(letter(office, '"Ase Oest Hansen" <aase@kunde.example.com>'))
    assert agent.get(path).json()["name"] == "Åse Øst"
    agent.patch(path, json={"title": "Chef"})
    agent.post(f"/api/v1/undo/{changed['undo']['id']}")
    back = agent.get(path).json()
    assert (back["title"], back["company"]["id"]) == ("Chef", company)
    assert agent.get("/api/v1/conversations").json()["items"][0]["company"]["id"] == company
    assert agent.patch(path, json={"company_id": 999_999}).status_code == 422
    renamed = agent.patch(
        f"/api/v1/companies/{company}", json={"name": "Kunde A/S", "cvr": "12345678"}
    ).json()
    assert (renamed["name"], renamed["cvr"]) == ("Kunde A/S", "12345678")
    assert named(agent, "12345678", "companies") == [company]


def test_addresses_and_domains_lead_to_one(office: Office, agent: httpx.Client) -> None:
    office.put(letter(office, "Åse <aase@kunde.example.com>"), letter(office, "Bo <bo@anden.example.com>"))
    (aase,), (bo,) = named(agent, "aase@"), named(agent, "bo@anden")
    path = f"/api/v1/contacts/{aase}/addresses"
    added = agent.post(path, json={"kind": "email", "address": " Aase@Privat.example "}).json()
    assert [one["address"] for one in added["addresses"]] == ["aase@kunde.example.com", "aase@privat.example"]
    assert agent.post(path, json={"kind": "email", "address": "bo@anden.example.com"}).status_code == 409
    office.put(letter(office, "A. Øst <aase@privat.example>"))
    assert agent.get(f"/api/v1/contacts/{aase}").json()["figures"]["messages"] == 2
    gone = agent.delete(path, params={"kind": "email", "address": "aase@privat.example"})
    assert len(gone.json()["addresses"]) == 1
    company = agent.get(f"/api/v1/contacts/{bo}").json()["company"]["id"]
    path = f"/api/v1/companies/{company}/domains"
    assert agent.post(path, json={"domain": "@Ny.example.dk"}).json()["domains"] == [
        "anden.example.com",
        "ny.example.dk",
    ]
    assert agent.post(path, json={"domain": "kunde.example.com"}).status_code == 409
    office.put(letter(office, "Ida <ida@ny.example.dk>"))
    (ida,) = named(agent, "ida@ny")
    assert agent.get(f"/api/v1/contacts/{ida}").json()["company"]["id"] == company


def test_the_same_person_twice_is_suggested_with_reasons(office: Office, agent: httpx.Client) -> None:
    office.put(
        letter(office, "Mette Holm Jensen <mette.holm@firma.example>"),
        letter(office, "Mette Holm Jensen <mette.holm@privat.example>"),
        letter(office, "Mette H. Jensen <mhj@firma.example>"),
        letter(office, "Bo Bak <bo@firma.example>"),
    )
    (work,), (home,), (short,) = (named(agent, one) for one in ("holm@firma", "holm@privat", "mhj@"))
    path = f"/api/v1/contacts/{work}/duplicates"
    found = {one["contact"]["id"]: one for one in agent.get(path).json()["items"]}
    assert set(found) == {home, short}
    assert found[home]["why"] == ["address", "name"]
    assert found[short]["why"] == ["company", "similar name"]
    assert found[home]["score"] > found[short]["score"]
    groups = agent.get("/api/v1/duplicates").json()["items"]
    assert groups == []  # the same name in two companies is no proof
    agent.post(f"/api/v1/contacts/{home}/not-duplicates", json={"others": [work]})
    assert [one["contact"]["id"] for one in agent.get(path).json()["items"]] == [short]


def test_companies_alike_are_suggested(
    office: Office, database: Database, house: House, agent: httpx.Client
) -> None:
    with database.transaction() as connection:
        connection.execute(
            "insert into posthus.company (workspace_id, name) values (%(w)s, 'Tagfirmaet ApS'), (%(w)s, 'Tagfirmaet A/S'),"
            " (%(w)s, 'Malerfirmaet')",
            {"w": house.id},
        )
    office.put(letter(office, "A <a@tagmester.example>"), letter(office, "B <b@tagmester.dk>"))
    one, _ = named(agent, "tagfirmaet", "companies")
    (found,) = agent.get(f"/api/v1/companies/{one}/duplicates").json()["items"]
    assert (found["why"], found["score"]) == (["name"], 0.7)
    (groups,) = agent.get("/api/v1/duplicates", params={"kind": "company"}).json()["items"]
    assert [member["name"] for member in groups["members"]] == ["Tagfirmaet ApS", "Tagfirmaet A/S"]
    by_domain = named(agent, "tagmester.dk", "companies")[0]
    assert "domain" in agent.get(f"/api/v1/companies/{by_domain}/duplicates").json()["items"][0]["why"]


def test_merged_contacts_are_one_and_can_be_taken_apart(
    office: Office, database: Database, house: House, agent: httpx.Client
) -> None:
    office.put(
        letter(office, "Mette Holm <mette@privat.example>"), letter(office, "M. Holm <mh@firma.example>")
    )
    (home,), (work,) = named(agent, "mette@privat"), named(agent, "mh@")
    agent.patch(f"/api/v1/contacts/{work}", json={"title": "Direktør", "held": True})
    agent.patch(f"/api/v1/contacts/{home}", json={"company_id": None})
    agent.post(f"/api/v1/contacts/{work}/notes", json={"text": "Kender taget"})
    before = everything(database, house)
    merged = agent.post(f"/api/v1/contacts/{home}/merge", json={"others": [work]}).json()
    assert (merged["id"], merged["title"], merged["held"], merged["figures"]["messages"]) == (
        home,
        "Direktør",
        True,
        2,
    )
    assert merged["company"]["name"] == "firma.example"
    assert len(merged["addresses"]) == 2
    assert agent.get(f"/api/v1/contacts/{work}").json()["id"] == home
    assert named(agent, "holm") == [home]
    said = agent.get(f"/api/v1/contacts/{home}/timeline").json()["items"]
    assert [one["kind"] for one in said] == ["note", "message", "message"]
    office.put(letter(office, "Mette <mh@firma.example>"))
    assert agent.get(f"/api/v1/contacts/{home}").json()["figures"]["messages"] == 3
    assert agent.post(f"/api/v1/contacts/{home}/merge", json={"others": [work]}).status_code == 404
    assert agent.post(f"/api/v1/contacts/{home}/merge", json={"others": [home]}).status_code == 422
    forget_last(database)
    assert agent.post(f"/api/v1/undo/{merged['undo']['id']}").status_code == 200
    assert everything(database, house) == before


def test_merged_companies_are_one_and_can_be_taken_apart(
    office: Office, database: Database, house: House, agent: httpx.Client
) -> None:
    office.put(letter(office, "A <a@firma.example>"), letter(office, "B <b@firma-dk.example>"))
    (one,), (two,) = named(agent, "firma.example", "companies"), named(agent, "firma-dk", "companies")
    agent.patch(f"/api/v1/companies/{two}", json={"cvr": "12345678"})
    agent.post(f"/api/v1/companies/{two}/notes", json={"text": "Betaler til tiden"})
    before = everything(database, house)
    merged = agent.post(f"/api/v1/companies/{one}/merge", json={"others": [two]}).json()
    assert (merged["cvr"], merged["domains"], len(merged["contacts"])) == (
        "12345678",
        ["firma-dk.example", "firma.example"],
        2,
    )
    assert agent.get(f"/api/v1/companies/{two}").json()["id"] == one
    assert {row["company"]["id"] for row in agent.get("/api/v1/conversations").json()["items"]} == {one}
    said = agent.get(f"/api/v1/companies/{one}/timeline", params={"limit": 2}).json()
    rest = agent.get(
        f"/api/v1/companies/{one}/timeline", params={"limit": 2, "cursor": said["next_cursor"]}
    ).json()
    assert [item["kind"] for item in said["items"] + rest["items"]] == ["note", "message", "message"]
    agent.post(f"/api/v1/undo/{merged['undo']['id']}")
    assert everything(database, house) == before


def test_mail_that_was_being_filed_follows(
    office: Office, database: Database, house: House, agent: httpx.Client
) -> None:
    office.put(letter(office, "A <a@firma.example>"), letter(office, "A <a@privat.example>"))
    (one,), (two,) = named(agent, "a@firma"), named(agent, "a@privat")
    agent.post(f"/api/v1/contacts/{one}/merge", json={"others": [two]})
    with database.transaction() as connection:  # as if filing had looked the contact up just before
        connection.execute("update posthus.message set contact_id = %s", (two,))
        connection.execute("update posthus.conversation set contact_id = %s", (two,))
        follow_late(connection)
    assert agent.get(f"/api/v1/contacts/{one}").json()["figures"]["conversations"] == 2
    assert {row["contact"]["id"] for row in agent.get("/api/v1/conversations").json()["items"]} == {one}
