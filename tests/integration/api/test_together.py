"""People working together: notes and mentions, the timeline, who looks at what, and the board."""

import httpx
import pytest

from posthus.app.errands import Alarms
from posthus.database.pool import Database
from tests.integration.api.conftest import House, bearer
from tests.integration.api.office import Office

Json = dict[str, object]


@pytest.fixture
def office(database: Database, house: House) -> Office:
    return Office(database, house)


def walk(client: httpx.Client, path: str, leads: str, wanted: dict[str, str]) -> list[Json]:
    """Everything on every page of three, in the order the pages came."""
    items: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(path, params={**wanted, "limit": "3", "cursor": cursor}).json()
        items += page["items"]
        cursor = page[leads]
    return items


def numbers(client: httpx.Client) -> list[int]:
    return [one["id"] for one in client.get("/api/v1/conversations").json()["items"]]


def test_a_mention_is_told_until_it_is_seen(
    office: Office, house: House, agent: httpx.Client, manager: httpx.Client
) -> None:
    office.put_many(1)
    (number,) = numbers(agent)
    text: Json = {
        "text": "Kan du se på den? @Manager",
        "mentions": [house.members["manager"], house.members["agent"]],
    }
    note = agent.post(f"/api/v1/conversations/{number}/notes", json=text).json()
    assert [one["name"] for one in note["mentions"]] == ["Agent", "Manager"]
    assert (note["author"]["name"], note["editable"]) == ("Agent", True)
    assert agent.get("/api/v1/mentions/count").json() == {"unread": 0}  # nobody is told of their own note
    assert manager.get("/api/v1/mentions/count").json() == {"unread": 1}
    told = manager.get("/api/v1/mentions", params={"unread": True}).json()["items"][0]
    assert (told["note"]["id"], told["read"], told["conversation"]["name"]) == (note["id"], False, "Sag 0")
    assert manager.post("/api/v1/mentions/read", json={"note_ids": [note["id"]]}).status_code == 204
    assert manager.get("/api/v1/mentions", params={"unread": True}).json()["items"] == []
    assert manager.get("/api/v1/mentions").json()["items"][0]["read"] is True
    stranger = {"text": "x", "mentions": [999_999]}
    assert agent.post(f"/api/v1/conversations/{number}/notes", json=stranger).status_code == 422


def test_a_note_is_its_authors_and_can_come_back(
    office: Office, agent: httpx.Client, manager: httpx.Client
) -> None:
    office.put_many(1)
    contact = agent.get("/api/v1/contacts").json()["items"][0]["id"]
    note = agent.post(f"/api/v1/contacts/{contact}/notes", json={"text": "Ringer helst om morgenen"}).json()
    assert manager.patch(f"/api/v1/notes/{note['id']}", json={"text": "Nej"}).status_code == 403
    changed = agent.patch(f"/api/v1/notes/{note['id']}", json={"text": "Ringer om aftenen"}).json()
    assert (changed["text"], changed["edited_at"] is not None) == ("Ringer om aftenen", True)
    gone = manager.delete(f"/api/v1/notes/{note['id']}").json()
    assert agent.get(f"/api/v1/contacts/{contact}/notes").json()["items"] == []
    manager.post(f"/api/v1/undo/{gone['undo']['id']}")
    assert [one["text"] for one in agent.get(f"/api/v1/contacts/{contact}/notes").json()["items"]] == [
        "Ringer om aftenen"
    ]
    assert agent.post("/api/v1/companies/999999/notes", json={"text": "x"}).status_code == 404


def test_the_timeline_tells_everything_in_order_and_in_pages(
    office: Office, house: House, agent: httpx.Client
) -> None:
    first = office.mail("Tilbud", "Hvad koster det?")
    office.put(first, *(office.mail("Re: Tilbud", f"Svar {n}", answers=[first.message_id]) for n in range(4)))
    (number,) = numbers(agent)
    path = f"/api/v1/conversations/{number}"
    tag = agent.post("/api/v1/tags", json={"name": "Tag"}).json()
    agent.patch(path, json={"unread": False})
    change: Json = {"assignee_id": house.members["manager"], "status": "closed", "add_tags": [tag["id"]]}
    undo = agent.patch(path, json=change).json()["undo"]
    agent.post(f"{path}/notes", json={"text": "Husk stillads"})
    whole = agent.get(f"{path}/timeline").json()
    assert [one["kind"] for one in whole["items"]] == ["message"] * 5 + ["activity", "note"]
    activity = whole["items"][5]["activity"]
    assert activity["changed"] == ["assignee", "status", "tags"]
    assert (activity["before"]["status"], activity["after"]["status"]) == ("open", "closed")
    assert (activity["before"]["assignee"], activity["after"]["assignee"]["name"]) == (None, "Manager")
    assert (activity["after"]["tags"], activity["undo"], activity["actor"]["name"]) == ([tag], undo, "Agent")
    onwards = walk(agent, f"{path}/timeline", "next_cursor", {})
    assert onwards == whole["items"]
    backwards = walk(agent, f"{path}/timeline", "previous_cursor", {"from": "end"})
    assert backwards == whole["items"][4:] + whole["items"][1:4] + whole["items"][:1]
    agent.post(f"/api/v1/undo/{undo['id']}")
    last = agent.get(f"{path}/timeline", params={"from": "end", "limit": 1}).json()["items"][0]["activity"]
    assert (last["action"], last["undo"]) == ("undone", None)


def test_notes_and_history_follow_a_conversation_that_becomes_part_of_another(
    office: Office, house: House, agent: httpx.Client
) -> None:
    one, two = office.mail("Første"), office.mail("Anden")
    office.put(one)
    office.put(two)
    later, earlier = numbers(agent)
    tag = agent.post("/api/v1/tags", json={"name": "Tag"}).json()
    agent.patch(f"/api/v1/conversations/{later}", json={"add_tags": [tag["id"]], "held": True})
    agent.post(f"/api/v1/conversations/{later}/notes", json={"text": "Hører til"})
    office.put(office.mail("Re: begge", answers=[one.message_id, two.message_id]))
    kept = agent.get(f"/api/v1/conversations/{later}").json()
    assert (kept["id"], kept["tags"], kept["held"]) == (min(earlier, later), [tag], True)
    kinds = [
        item["kind"] for item in agent.get(f"/api/v1/conversations/{kept['id']}/timeline").json()["items"]
    ]
    assert sorted(kinds) == ["activity", "message", "message", "message", "note"]


def test_a_merge_by_hand_is_told_and_taken_back_with_everything(office: Office, agent: httpx.Client) -> None:
    office.put(office.mail("Første"))
    office.put(office.mail("Anden"))
    later, kept = numbers(agent)
    tag = agent.post("/api/v1/tags", json={"name": "Tag"}).json()
    agent.patch(f"/api/v1/conversations/{later}", json={"add_tags": [tag["id"]]})
    agent.post(f"/api/v1/conversations/{later}/notes", json={"text": "Min egen"})
    merged = agent.post(f"/api/v1/conversations/{later}/merge", json={"others": [kept]}).json()
    assert (merged["id"], merged["tags"], merged["message_count"]) == (kept, [tag], 2)
    told = agent.get(f"/api/v1/conversations/{kept}/timeline").json()["items"]
    assert sum(one["kind"] == "note" for one in told) == 1
    (deed,) = (
        one["activity"] for one in told if one["kind"] == "activity" and one["activity"]["action"] == "merged"
    )
    assert (deed["after"]["conversations"], deed["undo"]["id"]) == ([later], merged["undo"]["id"])
    assert agent.post(f"/api/v1/undo/{merged['undo']['id']}").status_code == 200
    assert [one["tags"] for one in agent.get("/api/v1/conversations").json()["items"]] == [[tag], []]
    back = agent.get(f"/api/v1/conversations/{later}/timeline").json()["items"]
    assert [one["kind"] for one in back] == ["message", "activity", "note"]
    assert agent.post(f"/api/v1/conversations/{later}/merge", json={"others": [later]}).status_code == 422
    assert agent.post(f"/api/v1/conversations/{later}/merge", json={"others": [999_999]}).status_code == 404


def test_a_split_by_hand_is_told_and_taken_back(office: Office, agent: httpx.Client) -> None:
    first = office.mail("Tilbud")
    office.put(first, *(office.mail("Re: Tilbud", f"Svar {n}", answers=[first.message_id]) for n in range(2)))
    (number,) = numbers(agent)
    path = f"/api/v1/conversations/{number}"
    messages = [one["id"] for one in agent.get(f"{path}/messages").json()["items"]]
    part = agent.post(f"{path}/split", json={"message_ids": messages[2:]}).json()
    assert (part["message_count"], agent.get(path).json()["message_count"]) == (1, 2)
    told = agent.get(f"{path}/timeline").json()["items"][-1]["activity"]
    assert (told["action"], told["after"]["conversations"]) == ("split", [part["id"]])
    assert agent.post(f"{path}/split", json={"message_ids": messages[:2]}).status_code == 422
    agent.post(f"/api/v1/undo/{part['undo']['id']}")
    assert agent.get(path).json()["message_count"] == 3
    assert agent.get(f"/api/v1/conversations/{part['id']}").json()["id"] == number


def test_two_people_see_each_other_until_one_leaves(
    office: Office, database: Database, house: House, agent: httpx.Client, manager: httpx.Client
) -> None:
    office.put_many(1)
    path = f"/api/v1/conversations/{numbers(agent)[0]}/presence"
    assert agent.put(path, json={"state": "looking"}).json()["items"] == []
    seen = manager.put(path, json={"state": "writing"}).json()["items"]
    assert [(one["member"]["name"], one["state"]) for one in seen] == [("Agent", "looking")]
    assert [one["state"] for one in agent.get(path).json()["items"]] == ["writing"]
    assert manager.delete(path).status_code == 204
    assert agent.get(path).json()["items"] == []
    manager.put(path, json={"state": "looking"})
    with database.transaction() as connection:
        connection.execute("update posthus.presence set seen_at = now() - interval '46 seconds'")
    assert agent.get(path).json()["items"] == []
    Alarms(database).run_once()
    with database.transaction() as connection:
        assert connection.execute("select count(*) from posthus.presence").fetchone() == (0,)
        told = connection.execute(
            "select count(*) from posthus.cache_change where topic like 'presence/%'"
        ).fetchone()
    # Coming twice each, leaving once, the sweep of both: heartbeats alone are not told.
    assert told is not None
    assert told[0] == 5
    assert agent.put(path, json={"state": "looking"}, headers=bearer(house.keys["admin"])).status_code == 403


def columns(client: httpx.Client) -> dict[str, Json]:
    return {one["name"]: one for one in client.get("/api/v1/board/columns").json()["items"]}


def cards(client: httpx.Client, column: Json) -> list[int]:
    found = walk(client, f"/api/v1/board/columns/{column['id']}/cards", "next_cursor", {})
    return [int(str(one["id"])) for one in found]


def test_cards_move_and_keep_the_order_they_are_given(
    office: Office, agent: httpx.Client, manager: httpx.Client
) -> None:
    office.put_many(6)
    inbox = numbers(agent)
    board = columns(agent)
    assert list(board) == ["Ny", "Afventer os", "Afventer kunden", "Tilbud sendt", "Vundet", "Tabt"]
    new, ours = board["Ny"], board["Afventer os"]
    assert (new["count"], ours["count"]) == (6, 0)
    assert cards(agent, new) == inbox

    def move(number: int, column: Json, after: int | None = None) -> Json:
        wanted = {"conversation_id": number, "column_id": column["id"], "after_id": after}
        moved: Json = agent.post("/api/v1/board/move", json=wanted).json()
        return moved

    one, two, three, four = inbox[:4]
    for number in (one, two, three):
        move(number, ours)
    assert cards(agent, ours) == [three, two, one]
    move(three, ours, two)
    move(four, ours, two)
    assert cards(agent, ours) == [two, four, three, one]
    for _ in range(60):  # always between the same two: there is room for ever
        move(three, ours, two)
        move(four, ours, two)
    assert cards(agent, ours) == [two, four, three, one]
    moved = move(four, new)
    assert moved["board_column"] is None
    assert (columns(agent)["Ny"]["count"], len(cards(agent, ours))) == (3, 3)
    undo = moved["undo"]
    assert isinstance(undo, dict)
    agent.post(f"/api/v1/undo/{undo['id']}")
    assert cards(agent, ours) == [two, four, three, one]


def test_a_column_goes_with_its_cards_and_comes_back_with_them(
    office: Office, agent: httpx.Client, manager: httpx.Client
) -> None:
    office.put_many(3)
    inbox = numbers(agent)
    board = columns(agent)
    new, ours = board["Ny"], board["Afventer os"]
    for number in inbox[:2]:
        placed = agent.patch(f"/api/v1/conversations/{number}", json={"board_column_id": ours["id"]}).json()
        assert placed["board_column"]["name"] == "Afventer os"
    assert cards(agent, ours) == [inbox[1], inbox[0]]
    assert agent.delete(f"/api/v1/board/columns/{ours['id']}").status_code == 403
    assert manager.delete(f"/api/v1/board/columns/{new['id']}").status_code == 409
    gone = manager.delete(f"/api/v1/board/columns/{ours['id']}").json()
    assert (len(columns(agent)), columns(agent)["Ny"]["count"]) == (5, 3)
    manager.post(f"/api/v1/undo/{gone['undo']['id']}")
    assert cards(agent, ours) == [inbox[1], inbox[0]]


def test_columns_are_added_named_and_ordered(agent: httpx.Client, manager: httpx.Client) -> None:
    assert agent.post("/api/v1/board/columns", json={"name": "Nej"}).status_code == 403
    made = manager.post("/api/v1/board/columns", json={"name": "Syn", "color": "teal", "position": 1}).json()[
        "items"
    ]
    assert [one["name"] for one in made][:3] == ["Ny", "Syn", "Afventer os"]
    changed = manager.patch(
        f"/api/v1/board/columns/{made[1]['id']}", json={"name": "Besigtigelse", "position": 6}
    )
    assert changed.json()["items"][-1] == {**made[1], "name": "Besigtigelse"}
