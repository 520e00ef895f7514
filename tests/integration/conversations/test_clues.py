"""Where ids are lost, clues decide, and they decide the same in whatever order the mail arrives."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthus.conversations.threads import reference_of
from posthus.database.identifiers import message_id_of, new_event_id
from posthus.database.pool import Database
from posthus.jobs import LinkMessage, SourceId
from tests.integration.conversations.conftest import Letter, Office, open_office
from tests.integration.conversations.test_linking import homes, link

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    """A mail as linking sees it."""

    references: list[int]
    subject: str
    is_reply: bool
    day: int
    person: str
    guid: int | None


WRITTEN = st.builds(
    Written,
    st.lists(st.integers(0, 25), min_size=1, max_size=2, unique=True),
    st.sampled_from(["Tilbud", "Re: Tilbud", "Faktura", "SV: Faktura"]),
    st.booleans(),
    st.integers(0, 60),
    st.sampled_from(["ole@firma.example", "per@firma.example", "sælger@os.example"]),
    st.one_of(st.none(), st.none(), st.integers(1, 2)),
)


def insert(office: Office, mails: Sequence[Written]) -> list[LinkMessage]:
    rows = [
        {
            "id": message_id_of(new_event_id(), 0),
            "refs": [reference_of(f"{one}@x") for one in mail.references],
            "subject": mail.subject,
            "is_reply": mail.is_reply,
            "sent_at": START + timedelta(days=mail.day, minutes=number),
            "from": mail.person,
            "guid": f"00000000-0000-0000-0000-00000000000{mail.guid}" if mail.guid else None,
        }
        for number, mail in enumerate(mails)
    ]
    with office.database.transaction() as connection:
        connection.execute(
            "insert into posthus.message (id, workspace_id, event_id, source_id, channel, direction, subject, topic,"
            " is_reply, sent_at, received_at, from_address, reference_ids, thread_index, words)"
            " select x.id, %s, x.id, 1, 'email', 'in', x.subject, x.subject, x.is_reply, x.sent_at, x.sent_at,"
            " x.from, x.refs, x.guid, '' from jsonb_to_recordset(%s::jsonb) as x (id uuid, refs uuid[],"
            ' subject text, is_reply boolean, sent_at timestamptz, "from" text, guid uuid)'.replace(
                "x.from", 'x."from"'
            ),
            (office.workspace_id, orjson.dumps(rows).decode()),
        )
    return [LinkMessage(office.workspace_id, SourceId(1), row["id"]) for row in rows]  # type: ignore[arg-type]


def partition(office: Office, jobs: Sequence[LinkMessage]) -> set[frozenset[int]]:
    placed = homes(office)
    found: dict[object, set[int]] = {}
    for number, job in enumerate(jobs):
        found.setdefault(placed[job.message_id], set()).add(number)
    return {frozenset(numbers) for numbers in found.values()}


@given(
    mails=st.lists(WRITTEN, min_size=2, max_size=25),
    seed=st.integers(0, 1000),
    size=st.integers(1, 9),
    workers=st.integers(1, 3),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_batch_and_number_of_linkers_gives_the_same_conversations(
    database: Database, mails: list[Written], seed: int, size: int, workers: int
) -> None:
    at_once, shuffled = open_office(database), open_office(database)
    jobs = insert(at_once, mails)
    link(at_once, jobs, 500)
    later = insert(shuffled, mails)
    link(shuffled, random.Random(seed).sample(later, len(later)), size, workers)
    assert partition(shuffled, later) == partition(at_once, jobs)
    link(shuffled, random.Random(seed + 1).sample(later, len(later)), size, workers)
    assert partition(shuffled, later) == partition(at_once, jobs)
    rows = shuffled.ask("select id from posthus.conversation where workspace_id = %s", shuffled.workspace_id)
    assert {row[0] for row in rows} == set(homes(shuffled).values())


def test_an_answer_without_ids_joins_the_one_conversation_it_can_mean(office: Office, letter: Letter) -> None:
    office.take_in([letter(message_id="<a@x>", subject="Tagrende", from_="ole@firma.example")])
    office.take_in([letter(message_id="<b@x>", subject="SV: Tagrende", from_="ole@firma.example")])
    office.take_in([letter(message_id="<c@x>", subject="Re: Tagrende", from_="per@andre.example")])
    assert office.partition() == {frozenset({"a@x", "b@x"}), frozenset({"c@x"})}


def test_a_second_conversation_it_could_mean_takes_the_answer_out_again(
    office: Office, letter: Letter
) -> None:
    now = datetime.now(UTC)
    first = letter(message_id="<a@x>", subject="Faktura", sent_at=now - timedelta(days=5))
    answer = letter(message_id="<b@x>", subject="Re: Faktura", sent_at=now - timedelta(days=1))
    office.take_in([first])
    office.take_in([answer])
    assert office.partition() == {frozenset({"a@x", "b@x"})}
    [(number,)] = office.ask("select id from posthus.conversation")
    office.take_in([letter(message_id="<late@x>", subject="Faktura", sent_at=now - timedelta(days=2))])
    assert office.partition() == {frozenset({"a@x"}), frozenset({"b@x"}), frozenset({"late@x"})}
    bridge = letter(message_id="<c@x>", subject="Andet", references="<a@x> <late@x>", sent_at=now)
    office.take_in([bridge])
    assert office.partition() == {frozenset({"a@x", "b@x", "late@x", "c@x"})}
    assert office.ask("select id, message_count from posthus.conversation") == [(number, 4)]


def test_a_number_in_a_subject_counts_from_people_of_the_conversation_only(
    office: Office, letter: Letter
) -> None:
    office.take_in([letter(message_id="<a@x>", subject="Tag", from_="ole@firma.example")])
    [(number,)] = office.ask("select id from posthus.conversation")
    office.take_in([letter(message_id="<b@x>", subject=f"[#{number}] andet", from_="ole@firma.example")])
    office.take_in([letter(message_id="<c@x>", subject=f"[#{number}] spam", from_="eva@fremmed.example")])
    assert office.partition() == {frozenset({"a@x", "b@x"}), frozenset({"c@x"})}
