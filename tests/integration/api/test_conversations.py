"""The inbox through the API: pages that hold still, anchors, changes, merged numbers, one answer per key."""

from itertools import pairwise

import httpx
import pytest

from posthus.database.pool import Database
from tests.integration.api.conftest import House, bearer
from tests.integration.api.office import Office

Json = dict[str, object]


@pytest.fixture
def office(database: Database, house: House) -> Office:
    return Office(database, house)


def walk(client: httpx.Client, path: str, limit: int) -> list[int]:
    """The numbers of every page, one after the other."""
    numbers, cursor = [], ""
    while True:
        page = client.get(path, params={"limit": limit, "cursor": cursor}).json()
        numbers += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            return numbers
        assert len(page["items"]) == limit
        cursor = page["next_cursor"]


def test_pages_give_every_conversation_once_newest_first(office: Office, agent: httpx.Client) -> None:
    office.put_many(23)
    numbers = walk(agent, "/api/v1/conversations", 5)
    assert len(numbers) == len(set(numbers)) == 23
    whole = agent.get("/api/v1/conversations", params={"limit": 200}).json()["items"]
    assert numbers == [one["id"] for one in whole]
    assert all(one["last_message_at"] >= two["last_message_at"] for one, two in pairwise(whole))


def test_pages_hold_still_while_mail_arrives(office: Office, agent: httpx.Client) -> None:
    office.put_many(12)
    before = walk(agent, "/api/v1/conversations", 4)
    first = agent.get("/api/v1/conversations", params={"limit": 4}).json()
    office.put_many(7)
    rest, cursor = [], first["next_cursor"]
    while cursor:
        page = agent.get("/api/v1/conversations", params={"limit": 4, "cursor": cursor}).json()
        rest += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert [one["id"] for one in first["items"]] + rest == before


def test_anchors_lead_to_every_page(office: Office, agent: httpx.Client) -> None:
    office.put_many(11)
    anchors = agent.get("/api/v1/conversations/anchors", params={"page_size": 4}).json()
    assert anchors["total"] == 11
    assert len(anchors["anchors"]) == 3
    numbers: list[int] = []
    for cursor in anchors["anchors"]:
        page = agent.get("/api/v1/conversations", params={"limit": 4, "cursor": cursor}).json()
        numbers += [one["id"] for one in page["items"]]
    assert numbers == walk(agent, "/api/v1/conversations", 200)


def test_anchors_of_an_empty_inbox(house: House, agent: httpx.Client) -> None:
    assert agent.get("/api/v1/conversations/anchors").json() == {
        "total": 0,
        "page_size": 100,
        "anchors": [""],
        "starts": [0],
    }


def test_a_writer_sees_its_own_write_in_remembered_counts(office: Office, agent: httpx.Client) -> None:
    office.put_many(3)
    open_ones = {"status": "open"}
    numbers = walk(agent, "/api/v1/conversations", 50)
    for left, number in zip((2, 1, 0), numbers, strict=True):
        agent.get("/api/v1/conversations/anchors", params=open_ones)
        changed = agent.patch(f"/api/v1/conversations/{number}", json={"status": "closed"})
        assert changed.json()["status"] == "closed"
        assert agent.get("/api/v1/conversations/anchors", params=open_ones).json()["total"] == left


def test_filters_narrow_the_list(office: Office, house: House, agent: httpx.Client) -> None:
    office.put_many(3)
    one, two, _ = walk(agent, "/api/v1/conversations", 50)
    agent.patch(f"/api/v1/conversations/{one}", json={"assignee_id": house.members["agent"]})
    agent.patch(f"/api/v1/conversations/{two}", json={"unread": False})

    def found(**wanted: str) -> set[int]:
        return {row["id"] for row in agent.get("/api/v1/conversations", params=wanted).json()["items"]}

    assert found(assignee="me") == {one}
    assert one not in found(assignee="none")
    assert found(assignee=str(house.members["agent"])) == {one}
    assert found(unread="false") == {two}
    assert found(status="closed") == set()
    assert found(channel="chat") == set()
    assert len(found(source=str(office.source_id))) == 3
    assert agent.get("/api/v1/conversations", params={"assignee": "you"}).status_code == 422


def test_an_assignee_is_taken_away_by_null_and_kept_by_silence(
    office: Office, house: House, agent: httpx.Client
) -> None:
    office.put_many(1)
    path = f"/api/v1/conversations/{walk(agent, '/api/v1/conversations', 5)[0]}"
    agent.patch(path, json={"assignee_id": house.members["manager"]})
    assert agent.patch(path, json={"unread": False}).json()["assignee"]["id"] == house.members["manager"]
    assert agent.patch(path, json={"assignee_id": None}).json()["assignee"] is None
    assert agent.patch(path, json={"assignee_id": 999_999}).status_code == 422


def test_messages_come_oldest_first_and_in_pages(office: Office, agent: httpx.Client) -> None:
    first = office.mail("Tilbud på tag", "Hvad koster det?")
    mails = [first] + [
        office.mail("Re: Tilbud på tag", f"Svar {n}", answers=[first.message_id]) for n in range(5)
    ]
    office.put(*mails)
    (number,) = walk(agent, "/api/v1/conversations", 5)
    path = f"/api/v1/conversations/{number}/messages"
    page = agent.get(path, params={"limit": 4}).json()
    rest = agent.get(path, params={"limit": 4, "cursor": page["next_cursor"]}).json()
    texts = [one["text"].strip() for one in page["items"] + rest["items"]]
    assert texts == ["Hvad koster det?", *(f"Svar {n}" for n in range(5))]
    assert rest["next_cursor"] is None
    assert page["items"][0]["sender"] == {"name": "Åse Øst", "address": "aase@kunde1.example.com"}
    other = agent.get("/api/v1/conversations/1/messages", params={"cursor": page["next_cursor"]})
    assert other.status_code in {400, 404} or number == 1


def test_a_merged_conversation_answers_under_its_old_number(office: Office, agent: httpx.Client) -> None:
    one, two = office.mail("Første"), office.mail("Anden")
    office.put(one)
    office.put(two)
    numbers = walk(agent, "/api/v1/conversations", 5)
    bridge = office.mail("Re: begge", answers=[one.message_id, two.message_id])
    office.put(bridge)
    (kept,) = walk(agent, "/api/v1/conversations", 5)
    for number in numbers:
        assert agent.get(f"/api/v1/conversations/{number}").json()["id"] == kept
        assert len(agent.get(f"/api/v1/conversations/{number}/messages").json()["items"]) == 3


def test_people_are_found_by_parts_of_their_names(office: Office, agent: httpx.Client) -> None:
    office.put_many(7)
    contacts = agent.get("/api/v1/contacts", params={"q": "øst", "limit": 3}).json()
    assert len(contacts["items"]) == 3
    assert len(walk(agent, "/api/v1/contacts", 3)) == 7
    number = contacts["items"][0]["id"]
    contact = agent.get(f"/api/v1/contacts/{number}").json()
    assert contact["name"] == "Åse Øst"
    assert contact["figures"]["messages"] == 1
    companies = agent.get("/api/v1/companies", params={"q": "kunde3"}).json()["items"]
    company = agent.get(f"/api/v1/companies/{companies[0]['id']}").json()
    assert company["domains"] == ["kunde3.example.com"]
    assert agent.get("/api/v1/contacts/999999").status_code == 404
    assert agent.get("/api/v1/companies/999999").status_code == 404


def test_search_answers_by_words_without_a_model(office: Office, agent: httpx.Client) -> None:
    office.put(
        office.mail("Tagrenden", "Vi lovede at skifte tagrenden inden jul."), office.mail("Andet", "Intet")
    )
    answer = agent.get("/api/v1/search", params={"q": "tagrende"}).json()
    assert "items" in answer, answer
    assert [hit["subject"] for hit in answer["items"]] == ["Tagrenden"]
    assert answer["items"][0]["why"] == "words"
    assert answer["mode"] == "words"
    assert agent.get("/api/v1/search", params={"q": "tag", "since": "2030-01-01"}).json()["items"] == []
    assert agent.get("/api/v1/search").status_code == 422


def test_an_unchanged_answer_is_not_sent_again(office: Office, agent: httpx.Client) -> None:
    office.put_many(2)
    first = agent.get("/api/v1/conversations")
    assert first.headers["cache-control"] == "private, no-cache"
    assert "Cookie" in first.headers["vary"]
    tag = first.headers["etag"]
    again = agent.get("/api/v1/conversations", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"].split("-")[0].strip('"') in tag
    office.put_many(1)
    assert agent.get("/api/v1/conversations", headers={"If-None-Match": tag}).status_code == 200


def test_a_repeated_write_gets_the_first_answer(office: Office, house: House, client: httpx.Client) -> None:
    admin = {**bearer(house.keys["admin"]), "Idempotency-Key": "once"}
    new: Json = {"kind": "webhook", "name": "Formular"}
    first = client.post("/api/v1/sources", json=new, headers=admin)
    again = client.post("/api/v1/sources", json=new, headers=admin)
    assert (first.status_code, again.status_code) == (201, 201)
    with office.database.transaction() as connection:
        (kept,) = connection.execute("select body from posthus.idempotent_answer").fetchone() or (b"",)
    assert str(first.json()["secret"]).encode() not in bytes(kept)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = client.post("/api/v1/sources", json={**new, "name": "Anden"}, headers=admin)
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["detail"]
    failed = {**bearer(house.keys["admin"]), "Idempotency-Key": "taken"}
    assert client.post("/api/v1/sources", json=new, headers=failed).status_code == 422
    renamed = client.post("/api/v1/sources", json={**new, "name": "Ny"}, headers=failed)
    assert renamed.status_code == 201  # what was refused is not an answer to keep
