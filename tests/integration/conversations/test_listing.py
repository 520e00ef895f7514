"""Lists by filter: every condition means what it says, pages touch their own rows only, anchors lead to every page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from posthus.conversations import listing
from posthus.conversations.changing import SQL as CHANGING
from posthus.conversations.changing import Change, apply_change, parameters_of
from posthus.conversations.doer import Doer
from posthus.conversations.filters import Filter, Viewer, compile_filter, read_filter
from posthus.conversations.listing import SQL, Stretch
from posthus.conversations.offers import offer
from posthus.database.pool import Identity
from tests.integration.conversations.conftest import Letter, Office
from tests.integration.conversations.test_reading import add_member

Json = dict[str, object]

MANY = """
insert into posthus.conversation (workspace_id, source_id, channel, subject, status, unread, contact_id, company_id,
  assignee_id, message_count, has_attachments, first_message_at, last_message_at, tag_ids, snoozed_until)
select %(workspace_id)s, 1 + n %% 5, case when n %% 20 = 0 then 'chat' else 'email' end, 'Emne ' || n,
  case when n %% 3 = 0 then 'closed' else 'open' end, n %% 10 = 0, 1 + n %% 2000, 1 + n %% 300,
  case when n %% 40 = 0 then %(member)s::bigint end, 1, n %% 4 = 0, now() - n * interval '2 minutes',
  now() - n * interval '1 minute',
  case when n %% 1000 = 0 then array[7::bigint] when n %% 2 = 0 then array[8::bigint] else '{}' end,
  case when n %% 500 = 0 then now() + interval '1 day' end
from generate_series(1, 50000) n
"""
AWAKE: list[Json] = [{"field": "status", "is": "open"}, {"field": "snoozed", "is": False}]
# A filter, and how many rows of the list a page of fifty may look at for each one it shows.
FILTERS: list[tuple[Json, int]] = [
    ({"all": []}, 2),
    ({"all": AWAKE}, 4),
    ({"field": "status", "is": "closed"}, 4),
    ({"field": "unread", "is": True}, 3),
    ({"field": "contact", "is": 7}, 3),
    ({"field": "company", "in": [7]}, 3),
    ({"field": "tag", "is": 7}, 8),
    ({"field": "tag", "is": 8}, 8),
    ({"field": "snoozed", "is": True}, 8),
    ({"field": "assignee", "is": "me"}, 8),
    ({"all": [*AWAKE, {"any": [{"field": "tag", "is": 7}, {"field": "tag", "is": 8}]}]}, 12),
    ({"all": [{"field": "source", "is": 3}, {"field": "status", "is": "open"}]}, 8),
]


@contextmanager
def as_member(office: Office, member: int) -> Iterator[Connection]:
    with office.database.transaction(Identity(member_id=member)) as connection:
        yield connection


@pytest.fixture
def crowd(office: Office) -> tuple[Office, int]:
    """A workspace of 50,000 conversations, and a member of it."""
    member = add_member(office)
    with office.database.transaction() as connection:
        for table, count in (("company", 300), ("contact", 2000)):
            connection.execute(
                f"insert into posthus.{table} (workspace_id, name) select %s, 'N' || n from generate_series(1, {count}) n".encode(),
                (office.workspace_id,),
            )
        connection.execute(MANY.encode(), {"workspace_id": office.workspace_id, "member": member})
    with office.database.autocommit() as connection:
        connection.execute("vacuum analyze posthus.conversation, posthus.contact, posthus.company")
    return office, member


def test_a_page_touches_its_own_rows_only(crowd: tuple[Office, int]) -> None:
    office, member = crowd
    for raw, share in FILTERS:
        wanted = read_filter(raw, Viewer(member, "Europe/Copenhagen"))
        seen: list[int] = []
        place = None
        with as_member(office, member) as connection:
            for _ in range(2):
                page = listing.list_conversations(connection, office.workspace_id, wanted, Stretch(50, place))
                seen += [one.id for one in page]
                place = page[-1].place if page else place
            assert len(seen) == len(set(seen)) > 0, raw
            plan = explained(connection, office, wanted)
        touched = rows_touched(plan)
        assert touched <= 50 * share, (raw, touched, json.dumps(plan))


def test_a_change_touches_its_own_rows_only(crowd: tuple[Office, int]) -> None:
    office, member = crowd
    doer = Doer(office.workspace_id, f"member:{member}")
    statements: list[tuple[str, dict[str, object]]] = []
    with as_member(office, member) as connection:
        ids = [
            one for (one,) in connection.execute("select id from posthus.conversation order by id limit 3")
        ]
        undo = offer(connection, office.workspace_id, doer.actor, "change")
        assert apply_change(connection, doer, ids, Change(held=True), undo.id) == 3
        change = {
            **parameters_of(Change(unread=True)),
            "workspace_id": office.workspace_id,
            "actor": doer.actor,
        }
        statements.append(
            ("change_conversations", {**change, "ids": json.dumps(ids), "noted": True, "undo_id": undo.id})
        )
        back = {"workspace_id": office.workspace_id, "actor": doer.actor, "undo_id": undo.id}
        statements.append(("take_back", {**back, "position": 0, "limit": 500}))
        for name, parameters in statements:
            found = connection.execute(
                b"explain (analyze, format json) " + CHANGING[name], parameters
            ).fetchone()
            assert found is not None
            touched = rows_touched(found[0][0]["Plan"])
            assert touched <= 20, (name, touched, json.dumps(found[0]))


def explained(connection: Connection, office: Office, wanted: Filter) -> dict[str, object]:
    compiled = compile_filter(wanted)
    query = SQL["list_places"].replace(b"/* filter */ true", compiled.where)
    parameters: dict[str, object] = {
        **compiled.parameters, "workspace_id": office.workspace_id, "last_message_at": None, "id": None,
        "until_at": None, "until_id": None, "limit": 50,
    }  # fmt: skip
    plan = connection.execute(b"explain (analyze, format json) " + query, parameters).fetchone()
    assert plan is not None
    found: dict[str, object] = plan[0][0]["Plan"]
    return found


def rows_touched(plan: dict[str, object]) -> int:
    """Rows read from the conversation table, those that a filter threw away included."""
    here = 0
    if plan.get("Relation Name") == "conversation":
        assert plan["Node Type"] != "Seq Scan", json.dumps(plan)
        rows = float(str(plan["Actual Rows"])) + float(str(plan.get("Rows Removed by Filter", 0)))
        here = int(rows * float(str(plan["Actual Loops"])))
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    return here + sum(rows_touched(one) for one in below)


def test_anchors_lead_to_every_page(office: Office, letter: Letter) -> None:
    office.take_in([letter(subject=f"Nr. {number}") for number in range(23)])
    wanted = read_filter({"field": "status", "is": "open"}, Viewer(None, "UTC"))
    with as_member(office, add_member(office)) as connection:
        found = listing.anchors(connection, office.workspace_id, wanted, 10, Stretch(100))
        begins = [None, *found.places[:-1]]
        pages = [
            listing.list_conversations(connection, office.workspace_id, wanted, Stretch(200, begin, until))
            for begin, until in zip(begins, found.places, strict=True)
        ]
        everything = listing.list_conversations(connection, office.workspace_id, wanted, Stretch(100))
        deep = listing.deep_anchors(connection, office.workspace_id, wanted, 10, found.places[0])
    assert (found.total, deep.total) == (23, 13)
    assert [len(page) for page in pages] == [10, 10, 3]
    assert [one for page in pages for one in page] == everything


def test_words_of_messages_are_a_condition(office: Office, letter: Letter) -> None:
    office.take_in(
        [letter(subject="Tagrender", text="Vi skifter tagrenden"), letter(subject="Andet", text="Intet")]
    )
    with as_member(office, add_member(office)) as connection:
        for raw in ({"field": "text", "contains": "tagrende"}, {"field": "subject", "contains": "AGREN"}):
            wanted = read_filter(raw, Viewer(None, "UTC"))
            found = listing.list_conversations(connection, office.workspace_id, wanted, Stretch(9))
            assert [one.subject for one in found] == ["Tagrender"]


NUMBERS = st.sampled_from([1, 2, 3])
CONDITIONS = st.one_of(
    st.builds(lambda v: {"field": "status", "is": v}, st.sampled_from(["open", "closed"])),
    st.builds(lambda v: {"field": "unread", "is": v}, st.booleans()),
    st.builds(lambda v: {"field": "snoozed", "is": v}, st.booleans()),
    st.builds(lambda v: {"field": "attachment", "is": v}, st.booleans()),
    st.builds(lambda v: {"field": "tag", "in": v}, st.lists(st.one_of(NUMBERS, st.none()), max_size=3)),
    st.builds(lambda v: {"field": "source", "in": v}, st.lists(NUMBERS, max_size=3)),
    st.builds(lambda v: {"field": "board_column", "is": v}, st.one_of(NUMBERS, st.none())),
    st.builds(lambda v: {"field": "last_message", "before": f"-{v}d"}, st.integers(0, 9)),
    st.builds(lambda v: {"field": "last_message", "after": f"-{v}d"}, st.integers(0, 9)),
)
TREES = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.builds(lambda v: {"all": v}, st.lists(inner, max_size=3)),
        st.builds(lambda v: {"any": v}, st.lists(inner, max_size=3)),
        st.builds(lambda v: {"not": v}, inner),
    ),
    max_leaves=8,
)


def holds(raw: Json, row: Json, viewer: Viewer) -> bool:
    """What a filter means, said once more in Python."""
    ((kind, value),) = ((key, raw[key]) for key in raw if key != "field")
    if kind == "not":
        assert isinstance(value, dict)
        return not holds(value, row, viewer)
    if kind in {"all", "any"}:
        assert isinstance(value, list)
        return (all if kind == "all" else any)(holds(one, row, viewer) for one in value)
    field = str(raw["field"])
    if field == "last_message":
        moment = viewer.days_ago(int(str(value)[1:-1]))
        at = row["last_message"]
        assert isinstance(at, datetime)
        return at < moment if kind == "before" else at >= moment
    values = value if kind == "in" else [value]
    assert isinstance(values, list)
    if field == "tag":
        tags = row["tag"]
        assert isinstance(tags, list)
        return any(one in tags if one is not None else not tags for one in values)
    return row[field] in values


@pytest.fixture
def sample(office: Office) -> tuple[Office, dict[int, Json]]:
    """Two hundred conversations that differ in everything, and what is known of each."""
    now = datetime.now(UTC)
    known: dict[int, Json] = {}
    for number in range(200):
        row: Json = {
            "status": ["open", "closed"][number % 2], "unread": number % 3 == 0, "snoozed": number % 5 == 0,
            "attachment": number % 7 == 0, "tag": [[], [1], [2], [1, 3]][number % 4], "source": 1 + number % 4,
            "board_column": [None, 1, 2][number % 3], "last_message": now - timedelta(hours=number),
        }  # fmt: skip
        [(found,)] = office.ask(
            "insert into posthus.conversation (workspace_id, source_id, channel, status, unread, has_attachments, tag_ids,"
            " snoozed_until, board_column_id, first_message_at, last_message_at) values (%s, %s, 'email', %s, %s, %s, %s,"
            " case when %s then now() + interval '1 day' end, %s, %s, %s) returning id",
            office.workspace_id, row["source"], row["status"], row["unread"], row["attachment"], row["tag"],
            row["snoozed"], row["board_column"], row["last_message"], row["last_message"],
        )  # fmt: skip
        known[int(str(found))] = row
    return office, known


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=TREES)
def test_any_filter_means_what_it_says(sample: tuple[Office, dict[int, Json]], raw: Json) -> None:
    office, known = sample
    viewer = Viewer(None, "Europe/Copenhagen")
    wanted = read_filter(raw, viewer)
    with office.database.transaction() as connection:
        found = listing.list_conversations(connection, office.workspace_id, wanted, Stretch(500))
        counted = listing.count_conversations(connection, office.workspace_id, wanted, 500)
    expected = [number for number, row in known.items() if holds(raw, row, viewer)]
    assert [one.id for one in found] == expected
    assert counted.count == len(expected)
    assert counted.unread == sum(known[number]["unread"] is True for number in expected)
