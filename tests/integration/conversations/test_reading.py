"""What is read back is what was filed, by members of the workspace only, and pages touch their own rows only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import orjson
import pytest
from psycopg import Connection

from posthus.conversations import listing, originals, people, reading
from posthus.conversations.changing import Change, ChangeError, change_one
from posthus.conversations.doer import Doer
from posthus.conversations.filters import EVERYTHING
from posthus.conversations.listing import Stretch
from posthus.conversations.shown import Named
from posthus.database.pool import Database, Identity
from posthus.database.queries import parse
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
        [row] = listing.list_conversations(connection, office.workspace_id, EVERYTHING, Stretch(10))
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
            originals.Showing(images=False, address_of=lambda number: f"/a/{number}"),
        )
        assert page is not None
        assert "script" not in page
        assert "data-remote-src" in page
        file = originals.attachment(connection, office.workspace_id, message.attachments[0].id)
        assert file is not None
        assert (file.name, file.content) == ("tilbud.pdf", b"%PDF")


def test_a_message_tells_what_was_found_out_about_its_sender(office: Office, letter: Letter) -> None:
    office.take_in([letter("Hej", subject="Ja"), letter("Hej", subject="Nej")])
    checked = {
        "by": "mx.example",
        "from_domain": "kunde.example",
        "dmarc": "pass",
        "policy": "reject",
        "dkim": [],
    }
    office.ask(
        "update posthus.event set envelope = jsonb_build_object('authentication', %s::jsonb)"
        " where id = (select event_id from posthus.message where subject = 'Ja') returning 1",
        orjson.dumps(checked).decode(),
    )
    found = {}
    with as_member(office, add_member(office)) as connection:
        for row in listing.list_conversations(connection, office.workspace_id, EVERYTHING, Stretch(10)):
            number = ConversationId(row.id)
            [message] = reading.messages_of(connection, office.workspace_id, number, None, 10)
            found[message.subject] = message.sender_check
    assert found["Ja"] is not None
    assert (found["Ja"].verdict, found["Ja"].policy) == ("proved", "reject")
    assert found["Nej"] is None


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
        firm = Named(company.id, company.name)
        assert (contact.company, contact.figures.conversations) == (firm, 2)
        assert (first[0][0].company, first[0][0].last_message_at) == (firm, contact.figures.last_message_at)
        told = (company.domain, company.people, company.last_message_at)
        assert told == ("firma.example", 2, shown.figures.last_message_at)


def test_changes_follow_a_merged_number_and_assignees_are_members(office: Office, letter: Letter) -> None:
    office.take_in([letter(message_id="<a@x.example>"), letter(message_id="<b@x.example>")])
    office.take_in([letter(message_id="<c@x.example>", references="<a@x.example> <b@x.example>")])
    [(old, kept)] = office.ask("select old_id, conversation_id from posthus.conversation_alias")
    member = add_member(office)
    with as_member(office, member) as connection:
        doer = Doer(office.workspace_id, f"member:{member}")
        number = listing.current_number(connection, office.workspace_id, ConversationId(int(str(old))))
        assert number == kept
        wanted = Change(status="closed", unread=False, assign=True, assignee_id=member)
        assert change_one(connection, doer, number, wanted) is not None
        changed = listing.conversation(connection, office.workspace_id, ConversationId(int(str(old))))
        assert changed is not None
        assert (changed.id, changed.status, changed.unread) == (kept, "closed", False)
        assert changed.assignee == Named(member, "Anna")
        with pytest.raises(ChangeError):
            change_one(connection, doer, number, Change(assign=True, assignee_id=member + 1))
        assert listing.conversation(connection, office.workspace_id, ConversationId(99)) is None


def test_another_workspace_sees_nothing(database: Database, letter: Letter) -> None:
    ours, theirs = open_office(database), open_office(database)
    ours.take_in([letter(subject="Hemmelig")])
    [(message, conversation)] = ours.ask(
        "select message_id, conversation_id from posthus.conversation_message"
    )
    with as_member(theirs, add_member(theirs)) as connection:
        for workspace in (ours.workspace_id, theirs.workspace_id):
            assert listing.list_conversations(connection, workspace, EVERYTHING, Stretch(9)) == []
            assert listing.anchors(connection, workspace, EVERYTHING, 9, Stretch(99)).total == 0
            assert listing.conversation(connection, workspace, ConversationId(int(str(conversation)))) is None
            assert originals.raw_event(connection, workspace, MessageId(message)) is None  # type: ignore[arg-type]
            assert people.list_contacts(connection, workspace, "", None, 9) == []
        assert connection.execute("select count(*) from posthus.searchable_message").fetchone() == (0,)
