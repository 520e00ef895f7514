"""Where a conversation stands on the board until a person has placed it: answered last, it awaits the customer."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from posthus.conversations.changing import Change, change_one, take_back
from posthus.conversations.doer import Doer
from tests.integration.conversations.conftest import Letter, Office

START = datetime(2026, 1, 1, tzinfo=UTC)
AWAITING, WON = "Afventer kunden", "Vundet"


def mails(letter: Letter, *senders: str) -> list[bytes]:
    """One thread, an hour apart; `us` writes from our own domain, `robot` answers for us by itself."""
    found = []
    for number, sender in enumerate(senders):
        fields = {"message_id": f"<{number}@x.example>", "subject": "Tag"}
        if number:
            fields["references"] = f"<{number - 1}@x.example>"
        if sender != "them":
            fields |= {"from_": "salg@os.example", "to": "kunde@firma.example"}
        if sender == "robot":
            fields["auto_submitted"] = "auto-replied"
        found.append(letter(sent_at=START + timedelta(hours=number), **fields))
    return found


def standing(office: Office) -> object:
    """The column of the only conversation, None for new."""
    ((name,),) = office.ask(
        "select b.name from posthus.conversation c left join posthus.board_column b on b.id = c.board_column_id"
        " where c.workspace_id = %s", office.workspace_id,
    )  # fmt: skip
    return name


def change(office: Office, wanted: Change) -> int:
    """Change the only conversation; answers the undo's number."""
    ((number,),) = office.ask("select id from posthus.conversation")
    assert isinstance(number, int)
    with office.database.transaction() as connection:
        undo = change_one(connection, Doer(office.workspace_id, "system"), number, wanted)
    assert undo is not None
    return undo.id


def place(office: Office, name: str) -> int:
    ((column,),) = office.ask(
        "select id from posthus.board_column where workspace_id = %s and name = %s", office.workspace_id, name
    )
    assert isinstance(column, int)
    return change(office, Change(place=True, board_column_id=column))


@pytest.mark.parametrize(
    ("senders", "expected"),
    [
        (["them"], None),
        (["them", "us"], AWAITING),
        (["them", "us", "them"], None),
        (["them", "robot"], None),
        (["us"], AWAITING),
    ],
)
def test_the_last_word_decides_in_whatever_order_it_comes(
    another_office: Callable[[], Office], letter: Letter, senders: Sequence[str], expected: str | None
) -> None:
    for order in permutations(range(len(senders))):
        office = another_office()
        jobs = office.file(office.receive(mails(letter, *senders), office.source()))
        office.link([jobs[place] for place in order], 1)
        assert standing(office) == expected


def test_what_a_person_has_placed_stays(office: Office, letter: Letter) -> None:
    first, answer, again = mails(letter, "them", "us", "them")
    office.take_in([first, answer])
    place(office, WON)
    office.take_in([again])
    assert standing(office) == WON


def test_nobody_waits_for_what_is_closed(office: Office, letter: Letter) -> None:
    office.take_in(mails(letter, "them", "us"))
    undo = change(office, Change(status="closed"))
    assert standing(office) is None
    with office.database.transaction() as connection:
        take_back(connection, Doer(office.workspace_id, "system"), undo, 0, 10)
    assert standing(office) == AWAITING


def test_a_conversation_that_becomes_part_of_another_brings_what_a_person_decided(
    office: Office, letter: Letter
) -> None:
    first, bridge, ours = mails(letter, "them", "them", "us")
    office.take_in([first])
    place(office, WON)
    office.take_in([ours])  # a conversation of its own until the mail between them comes
    office.take_in([bridge])
    assert standing(office) == WON
