"""Messages end in the same conversations whatever order, batch or number of linkers they go through."""

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.scenario_mails import read_scenarios, scenario_mail
from posthus.conversations.linking import link_messages
from posthus.conversations.threads import reference_of
from posthus.database.identifiers import message_id_of, new_event_id
from posthus.database.pool import Database
from posthus.jobs import LinkMessage, MessageId, SourceId
from tests.integration.conversations.conftest import Letter, Office, batches, open_office
from tests.integration.conversations.mailboxes import read_directory, read_mbox

START = datetime(2026, 1, 1, tzinfo=UTC)


def insert(office: Office, references: Sequence[Sequence[int]]) -> list[LinkMessage]:
    """One message per list of reference numbers, without the parser: only what linking reads."""
    rows = [
        {
            "id": message_id_of(new_event_id(), 0),
            "refs": [reference_of(f"{one}@x") for one in named],
            "subject": f"Emne {number}",
            "sent_at": START + timedelta(hours=number),
            "files": number % 3 == 0,
        }
        for number, named in enumerate(references)
    ]
    with office.database.transaction() as connection:
        connection.execute(
            "insert into posthus.message (id, workspace_id, event_id, source_id, channel, direction, topic, snippet,"
            " sent_at, received_at, reference_ids, has_attachments, words)"
            " select x.id, %s, x.id, 1, 'email', 'in', x.subject, x.subject, x.sent_at, x.sent_at, x.refs, x.files, ''"
            " from jsonb_to_recordset(%s::jsonb)"
            " as x (id uuid, refs uuid[], subject text, sent_at timestamptz, files boolean)",
            (office.workspace_id, orjson.dumps(rows).decode()),
        )
    return [LinkMessage(office.workspace_id, SourceId(1), MessageId(UUID(str(row["id"])))) for row in rows]


def expected(references: Sequence[Sequence[int]]) -> set[frozenset[int]]:
    """Connected components the slow, plain way."""
    groups: list[tuple[set[int], set[int]]] = []
    for number, named in enumerate(references):
        messages, ids = {number}, set(named)
        for group in [group for group in groups if group[1] & ids]:
            groups.remove(group)
            messages |= group[0]
            ids |= group[1]
        groups.append((messages, ids))
    return {frozenset(messages) for messages, _ in groups}


def link(office: Office, jobs: Sequence[LinkMessage], size: int, workers: int = 1) -> None:
    def one(portion: Sequence[LinkMessage]) -> None:
        with office.database.transaction() as connection:
            link_messages(connection, portion)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, batches(jobs, size)))


def homes(office: Office) -> dict[object, object]:
    return {
        row[0]: row[1]
        for row in office.ask(
            "select message_id, conversation_id from posthus.conversation_message where workspace_id = %s",
            office.workspace_id,
        )
    }


def descriptions(office: Office) -> list[tuple[object, ...]]:
    """Every conversation without its number."""
    return sorted(
        office.ask(
            "select subject, snippet, message_count, has_attachments, first_message_at, last_message_at, unread, status"
            " from posthus.conversation where workspace_id = %s",
            office.workspace_id,
        ),
        key=str,
    )


GRAPHS = st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True), min_size=1, max_size=40)


@given(references=GRAPHS, seed=st.integers(0, 1000), size=st.integers(1, 15), workers=st.integers(1, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_batch_and_number_of_linkers_gives_the_same_conversations(
    database: Database, references: list[list[int]], seed: int, size: int, workers: int
) -> None:
    in_order, shuffled = open_office(database), open_office(database)
    link(in_order, insert(in_order, references), 500)
    jobs = insert(shuffled, references)
    order = random.Random(seed).sample(jobs, len(jobs))
    half = len(order) // 2
    link(shuffled, order[:half], size, workers)
    early = homes(shuffled)
    link(shuffled, order[half:], size, workers)
    late = homes(shuffled)
    found: dict[object, set[int]] = {}
    for number, job in enumerate(jobs):
        found.setdefault(late[job.message_id], set()).add(number)
    assert {frozenset(group) for group in found.values()} == expected(references)
    assert descriptions(shuffled) == descriptions(in_order)
    moved = shuffled.ask("select old_id, conversation_id from posthus.conversation_alias")
    aliases = {row[0]: row[1] for row in moved}
    for message, conversation in early.items():
        assert aliases.get(conversation, conversation) == late[message], "an old number leads nowhere"


def test_linking_twice_changes_nothing(office: Office) -> None:
    jobs = insert(office, [[1], [2, 1], [3], [4, 9], [5, 9, 3]])
    link(office, jobs, 2)
    before = homes(office), descriptions(office)
    link(office, jobs, 3)
    assert (homes(office), descriptions(office)) == before


def test_a_merge_keeps_the_lowest_number_and_what_people_did(office: Office) -> None:
    jobs = insert(office, [[1], [2], [1, 2]])
    link(office, jobs[:2], 1)
    first, second = sorted(int(str(one)) for one in homes(office).values())
    office.ask(
        "update posthus.conversation set status = 'closed', unread = false where id = %s returning 1", first
    )
    member = office.ask(
        "insert into posthus.member (workspace_id, email, name, role) values (%s, 'a@os.example', 'A', 'agent')"
        " returning id",
        office.workspace_id,
    )[0][0]
    office.ask("update posthus.conversation set assignee_id = %s where id = %s returning 1", member, second)
    link(office, jobs[2:], 1)
    assert set(homes(office).values()) == {first}
    assert office.ask("select id, status, unread, assignee_id from posthus.conversation") == [
        (first, "open", True, member)
    ]
    assert office.ask("select old_id, conversation_id from posthus.conversation_alias") == [(second, first)]


def reference_partition(path: Path, kind: str) -> set[frozenset[str]]:
    threads: dict[str, set[str]] = {}
    for message, thread in json.loads(path.read_text())[kind].items():
        threads.setdefault(thread, set()).add(message)
    return {frozenset(messages) for messages in threads.values()}


def test_a_support_list_is_threaded_as_union_find_and_notmuch_do(office: Office, shared_data: Path) -> None:
    lists = shared_data / "mail" / "lists"
    mails = list(read_mbox(lists / "usrp-users-2020H1.mbox"))
    jobs = office.file(office.receive(mails, office.source()))
    office.link(random.Random(1).sample(jobs, len(jobs)), 100)
    for kind in ("union_find", "notmuch"):
        assert office.threads() == reference_partition(lists / "threads" / "usrp-users-2020H1.json", kind)


def test_lists_of_2002_differ_only_where_an_address_poses_as_an_id(office: Office, shared_data: Path) -> None:
    lists = shared_data / "mail" / "lists"
    jobs = office.file(office.receive(read_directory(lists / "easy-ham-1"), office.source()))
    office.link(random.Random(2).sample(jobs, len(jobs)), 250)
    threads = lists / "threads" / "easy-ham-1.json"
    ours, notmuch = office.threads(), reference_partition(threads, "notmuch")
    assert ours == reference_partition(threads, "union_find")
    home = {message: thread for thread in notmuch for message in thread}
    for conversation in ours:
        assert len({home[str(message)] for message in conversation}) == 1, (
            "we never join what notmuch does not"
        )
    assert 0 < len(notmuch - ours) <= 10, "only threads held together by a mail address come apart"


TOKENS = {"plus-address-token"}  # Posthus sends no mail yet, so no address of its own carries a token


def test_scenarios(database: Database, shared_data: Path) -> None:
    wrong = set()
    for scenario in read_scenarios(shared_data / "mail/lists/threads"):
        for order in (1, -1):
            office = open_office(database)
            messages = scenario.messages[::order]
            [(first,)] = office.ask("select last_value + is_called::int from posthus.conversation_id_seq")
            start = scenario.begin()
            for message in replace(scenario, messages=messages).numbered(int(str(first))):
                office.take_in([scenario_mail(message, start)])
            if office.partition() != scenario.expected:
                wrong.add(scenario.name)
    assert wrong == TOKENS


@pytest.mark.parametrize(("closed", "days", "expected_status"), [(True, 0, "open"), (True, 400, "closed")])
def test_a_new_answer_reopens_a_closed_conversation_an_old_one_does_not(
    office: Office, letter: Letter, closed: bool, days: int, expected_status: str
) -> None:
    office.take_in([letter(message_id="<a@x.example>", subject="Tag")])
    office.ask("update posthus.conversation set status = 'closed', unread = false returning 1")
    sent_at = datetime.now(UTC) - timedelta(days=days)
    office.take_in([letter(message_id="<b@x.example>", in_reply_to="<a@x.example>", sent_at=sent_at)])
    assert office.ask("select status, unread from posthus.conversation") == [(expected_status, days == 0)]
