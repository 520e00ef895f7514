"""What is read back is what was filed, by members of the workspace only, and pages touch their own rows only."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from psycopg import Connection

from posthus.conversations import originals, people, reading
from posthus.conversations.shown import ConversationChange, ConversationFilter, Named
from posthus.database.pool import Database, Identity
from posthus.database.queries import load, parse
from posthus.jobs import CompanyId, ContactId, ConversationId, MessageId
from tests.integration.conversations.conftest import Letter, Office, open_office

FOLDER = Path(reading.__file__).parent
PARAMETER = re.compile(r"%\((\w+)\)[sb]")


def add_member(office: Office, email: str = "agent@os.example") -> int:
    [(member,)] = office.ask(
        "insert into posthus.member (workspace_id, email, name, role) values (%s, %s, 'Anna', 'agent') returning id",
        office.workspace_id,
        email,
    )
    assert isinstance(member, int)
    return member


@contextmanager
def as_member(office: Office, member: int) -> Iterator[Connection]:
    with office.database.transaction(Identity(member_id=member)) as connection:
        yield connection


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.name)
def test_every_query_fits_the_schema(database: Database, path: Path) -> None:
    with database.transaction() as connection:
        for name, query in parse(path.read_text(), path.name).items():
            names: list[str] = []

            def numbered(found: re.Match[str], names: list[str] = names) -> str:
                if found[1] not in names:
                    names.append(found[1])
                return f"${names.index(found[1]) + 1}"

            body = PARAMETER.sub(numbered, query.decode()).replace("%%", "%")
            connection.execute(f"prepare {name} as {body}".encode())


def offer() -> bytes:
    mail = EmailMessage()
    mail["from"], mail["to"] = "Mette Holm <mette@firma.example>", "Salg <salg@os.example>"
    mail["cc"], mail["subject"], mail["message-id"] = (
        "Bo <bo@firma.example>",
        "SV: Tagrende",
        "<a@firma.example>",
    )
    mail.set_content("Hej\n\nSe billedet.\n\n> I skrev noget\n")
    mail.add_alternative(
        "<p>Hej</p><img src='cid:logo@x'><script>x()</script><img src='https://t.example/1.gif'>", "html"
    )
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="tilbud.pdf")
    return mail.as_bytes()


def test_a_conversation_reads_back_as_it_was_filed(office: Office) -> None:
    raw_mail = offer()
    office.take_in([raw_mail])
    with as_member(office, add_member(office)) as connection:
        [row] = reading.list_conversations(connection, office.workspace_id, ConversationFilter(), None, 10)
        assert (row.subject, row.snippet, row.unread, row.has_attachments) == (
            "Tagrende",
            "Hej Se billedet.",
            True,
            True,
        )
        assert row.contact is not None
        assert (row.contact.name, row.contact.address) == ("Mette Holm", "mette@firma.example")
        assert row.company == Named(1, "firma.example")
        [message] = reading.messages_of(connection, office.workspace_id, ConversationId(row.id), None, 10)
        assert message.message_id == "a@firma.example"
        assert [one.address for one in message.cc] == ["bo@firma.example"]
        assert {span.kind for span in message.spans} == {"new", "quote"}
        assert (message.has_html, message.has_remote_images) == (True, True)
        message_id = MessageId(message.id)
        raw = originals.raw_event(connection, office.workspace_id, message_id)
        assert raw is not None
        assert (raw.content, raw.content_type) == (raw_mail, "message/rfc822")
        page = originals.message_html(
            connection,
            office.workspace_id,
            message_id,
            images=False,
            address_of=lambda number: f"/a/{number}",
        )
        assert page is not None
        assert "script" not in page
        assert "data-remote-src" in page
        file = originals.attachment(connection, office.workspace_id, message.attachments[0].id)
        assert file is not None
        assert (file.name, file.content) == ("tilbud.pdf", b"%PDF")


def test_people_are_found_with_their_figures(office: Office, letter: Letter) -> None:
    office.take_in(
        [letter(subject="En"), letter(subject="To", from_="Åse <ase@firma.example>"), letter(subject="Tre")]
    )
    with as_member(office, add_member(office)) as connection:
        first = people.list_contacts(connection, office.workspace_id, "", None, 1)
        rest = people.list_contacts(connection, office.workspace_id, "", first[-1][1], 10)
        assert [one.name for one, _ in first + rest] == ["Kunde", "Åse"]
        assert [
            one.name for one, _ in people.list_contacts(connection, office.workspace_id, "ÅS", None, 9)
        ] == ["Åse"]
        assert len(people.list_contacts(connection, office.workspace_id, "firma.ex", None, 9)) == 2
        assert people.list_contacts(connection, office.workspace_id, "%", None, 9) == []
        [(company, _)] = people.list_companies(connection, office.workspace_id, "FIRMA", None, 9)
        shown = people.company(connection, office.workspace_id, CompanyId(company.id))
        assert shown is not None
        assert (shown.domains, len(shown.contacts), shown.figures.messages) == (["firma.example"], 2, 3)
        contact = people.contact(connection, office.workspace_id, ContactId(first[0][0].id))
        assert contact is not None
        assert (contact.company, contact.figures.conversations) == (company, 2)


def test_changes_follow_a_merged_number_and_assignees_are_members(office: Office, letter: Letter) -> None:
    office.take_in([letter(message_id="<a@x.example>"), letter(message_id="<b@x.example>")])
    office.take_in([letter(message_id="<c@x.example>", references="<a@x.example> <b@x.example>")])
    [(old, kept)] = office.ask("select old_id, conversation_id from posthus.conversation_alias")
    member = add_member(office)
    with as_member(office, member) as connection:
        change = ConversationChange(status="closed", unread=False, assign=True, assignee_id=member)
        changed = reading.change_conversation(
            connection, office.workspace_id, ConversationId(int(str(old))), change
        )
        assert changed is not None
        assert (changed.id, changed.status, changed.unread) == (kept, "closed", False)
        assert changed.assignee == Named(member, "Anna")
        stranger = ConversationChange(assign=True, assignee_id=member + 1)
        with pytest.raises(reading.UnknownAssigneeError):
            reading.change_conversation(connection, office.workspace_id, ConversationId(changed.id), stranger)
        assert reading.conversation(connection, office.workspace_id, ConversationId(99)) is None


def test_another_workspace_sees_nothing(database: Database, letter: Letter) -> None:
    ours, theirs = open_office(database), open_office(database)
    ours.take_in([letter(subject="Hemmelig")])
    [(message, conversation)] = ours.ask(
        "select message_id, conversation_id from posthus.conversation_message"
    )
    with as_member(theirs, add_member(theirs)) as connection:
        for workspace in (ours.workspace_id, theirs.workspace_id):
            assert reading.list_conversations(connection, workspace, ConversationFilter(), None, 9) == []
            assert reading.anchors(connection, workspace, ConversationFilter(), 9).total == 0
            assert reading.conversation(connection, workspace, ConversationId(int(str(conversation)))) is None
            assert originals.raw_event(connection, workspace, MessageId(message)) is None  # type: ignore[arg-type]
            assert people.list_contacts(connection, workspace, "", None, 9) == []
        assert connection.execute("select count(*) from posthus.searchable_message").fetchone() == (0,)


MANY = """
insert into posthus.conversation (workspace_id, source_id, channel, subject, status, unread, contact_id, company_id,
  message_count, first_message_at, last_message_at)
select %(workspace_id)s, 1 + n %% 5, 'email', 'Emne ' || n, case when n %% 3 = 0 then 'closed' else 'open' end,
  n %% 10 = 0, 1 + n %% 2000, 1 + n %% 300, 1, now(), now() - n * interval '1 minute'
from generate_series(1, 50000) n
"""
FILTERS = [
    ConversationFilter(),
    ConversationFilter(status="open"),
    ConversationFilter(status="closed"),
    ConversationFilter(unread=True),
    ConversationFilter(contact_id=7),
    ConversationFilter(company_id=7),
    ConversationFilter(source_id=3, status="open"),
]


def test_a_page_touches_its_own_rows_only(office: Office) -> None:
    with office.database.transaction() as connection:
        connection.execute(
            "insert into posthus.company (workspace_id, name) select %s, 'F' || n from generate_series(1, 300) n",
            (office.workspace_id,),
        )
        connection.execute(
            "insert into posthus.contact (workspace_id, name) select %s, 'K' || n from generate_series(1, 2000) n",
            (office.workspace_id,),
        )
        connection.execute(MANY.encode(), {"workspace_id": office.workspace_id})
    with office.database.autocommit() as connection:
        connection.execute("vacuum analyze posthus.conversation, posthus.contact, posthus.company")
    member = add_member(office)
    query = load(reading.__file__, "reading.sql")["list_conversations"]
    for wanted in FILTERS:
        seen: list[int] = []
        place = None
        with as_member(office, member) as connection:
            for _ in range(3):
                page = reading.list_conversations(connection, office.workspace_id, wanted, place, 50)
                seen += [one.id for one in page]
                place = page[-1].place if page else place
            assert len(seen) == len(set(seen))
            assert place is not None
            parameters = {
                "status": wanted.status, "unread": wanted.unread, "assignee_id": None, "unassigned": False,
                "source_id": wanted.source_id, "contact_id": wanted.contact_id, "company_id": wanted.company_id,
                "channel": None, "workspace_id": office.workspace_id, "limit": 50,
                "last_message_at": place.last_message_at, "id": place.id,
            }  # fmt: skip
            plan = connection.execute(b"explain (analyze, format json) " + query, parameters).fetchone()
        assert plan is not None
        touched = conversations_touched(plan[0][0]["Plan"])
        assert touched <= 50 * 8, (wanted, touched)


def conversations_touched(plan: dict[str, object]) -> int:
    """Rows read from the conversation table, those that a filter threw away included."""
    here = 0
    if plan.get("Relation Name") == "conversation":
        assert plan["Node Type"] != "Seq Scan", json.dumps(plan)
        rows = float(str(plan["Actual Rows"])) + float(str(plan.get("Rows Removed by Filter", 0)))
        here = int(rows * float(str(plan["Actual Loops"])))
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    return here + sum(conversations_touched(one) for one in below)


def test_anchors_lead_to_every_page(office: Office, letter: Letter) -> None:
    office.take_in([letter(subject=f"Nr. {number}") for number in range(23)])
    wanted = ConversationFilter(status="open")
    with as_member(office, add_member(office)) as connection:
        found = reading.anchors(connection, office.workspace_id, wanted, 10)
        pages = [
            reading.list_conversations(connection, office.workspace_id, wanted, place, 10)
            for place in (None, *found.places)
        ]
        everything = reading.list_conversations(connection, office.workspace_id, wanted, None, 100)
    assert found.total == 23
    assert [len(page) for page in pages] == [10, 10, 3]
    assert [one for page in pages for one in page] == everything
