"""Events become messages with their people, words and files; twice is the same as once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import orjson
import pytest

from posthus.conversations.filing import EventMissingError, file_events
from posthus.conversations.originals import Showing, message_html, raw_event
from posthus.database.identifiers import new_event_id
from posthus.jobs import FileEvent
from tests.integration.conversations.conftest import Letter, Office, batches
from tests.integration.conversations.mailboxes import read_directory, read_mbox

SIGNED = (
    "Hej\n\nKan I komme torsdag?\n\n-- \nMette Holm\nSalgschef\nFirma ApS\nTlf. 70 10 20 30\nCVR 10150817\n"
)


def snapshot(office: Office) -> list[list[tuple[object, ...]]]:
    """Every row that filing and linking write, without the times of writing."""
    return [
        office.ask("select to_jsonb(m) - 'filed_at' from posthus.message m order by id"),
        office.ask("select to_jsonb(a) from posthus.attachment a order by id"),
        office.ask("select sha256, size from posthus.blob order by sha256"),
        office.ask("select to_jsonb(k) from posthus.contact k order by id"),
        office.ask("select to_jsonb(a) from posthus.contact_address a order by kind, address"),
        office.ask("select to_jsonb(c) from posthus.company c order by id"),
        office.ask("select to_jsonb(i) from posthus.company_identity i order by kind, value"),
        office.ask("select to_jsonb(c) from posthus.conversation c order by id"),
        office.ask("select to_jsonb(c) from posthus.conversation_message c order by message_id"),
    ]


def test_real_mail_filed_twice_is_the_same_as_once(office: Office, shared_data: Path) -> None:
    lists = shared_data / "mail" / "lists"
    mails = [*read_mbox(lists / "usrp-users-2020H1.mbox")][:150] + [*read_directory(lists / "easy-ham-1")][
        :150
    ]
    events = office.receive(mails, office.source())
    office.link(office.file(events, 60))
    once = snapshot(office)
    assert len(once[0]) == 300
    office.link(office.file(events, 100))
    assert snapshot(office) == once


def test_hostile_mail_becomes_messages(office: Office, shared_data: Path) -> None:
    mails = [
        path.read_bytes()
        for path in sorted((shared_data / "mail" / "torture").rglob("*"))
        if path.is_file() and path.stat().st_size < 3_000_000
    ]
    events = office.receive(mails, office.source())
    office.link(office.file(events))
    assert office.ask("select count(*) from posthus.conversation_message") == [(len(events),)]


def test_a_letter_finds_its_contact_and_company_by_address_domain_and_number(
    office: Office, letter: Letter
) -> None:
    office.take_in([letter(SIGNED, from_="mette <Mette@Firma.example>", subject="Tag")])
    office.take_in([letter("Igen", from_="Mette Holm <mette@firma.example>", subject="Tag igen")])
    office.take_in([letter(SIGNED, from_="Jens Lund <jens@gmail.com>", subject="Hjemmefra")])
    assert office.ask("select name, company_id from posthus.contact order by id") == [
        ("Mette Holm", 1),
        ("Jens Lund", 1),
    ]
    assert office.ask("select name, cvr from posthus.company") == [("Firma ApS", "10150817")]
    assert office.ask("select title from posthus.contact order by id") == [("Salgschef",), ("Salgschef",)]
    assert office.ask("select address, contact_id from posthus.contact_address where kind = 'phone'") == [
        ("+4570102030", 1)
    ]
    assert office.ask("select contact_id, company_id, subject from posthus.conversation order by id") == [
        (1, 1, "Tag"),
        (1, 1, "Tag igen"),
        (2, 1, "Hjemmefra"),
    ]


def test_public_mail_says_nothing_about_a_company(office: Office, letter: Letter) -> None:
    office.take_in([letter(from_="Bo <bo@gmail.com>", subject="Tag")])
    assert office.ask("select name, company_id from posthus.contact") == [("Bo", None)]
    assert office.ask("select count(*) from posthus.company") == [(0,)]


def test_a_company_learnt_later_shows_on_earlier_conversations(office: Office, letter: Letter) -> None:
    office.take_in([letter(from_="Bo <bo@gmail.com>", subject="Første")])
    office.take_in([letter(SIGNED, from_="Bo <bo@gmail.com>", subject="Anden")])
    assert office.ask("select distinct company_id from posthus.conversation") == [(1,)]


def test_our_own_letter_is_outgoing_and_belongs_to_its_first_outside_recipient(
    office: Office, letter: Letter
) -> None:
    office.take_in(
        [letter(from_="Lars <lars@os.example>", to="Ole <ole@os.example>, Eva <eva@kunde.example>")]
    )
    assert office.ask(
        "select m.direction, k.name, c.unread from posthus.message m join posthus.contact k on k.id = m.contact_id"
        " join posthus.conversation_message cm on cm.message_id = m.id"
        " join posthus.conversation c on c.id = cm.conversation_id"
    ) == [("out", "Eva", False)]


def test_words_are_found_in_the_language_of_the_text(office: Office, letter: Letter) -> None:
    office.take_in(
        [
            letter("Vi har bestilt de nye tagsten, og de kommer på fredag.", subject="Levering"),
            letter("We have ordered the new tiles and they will be delivered on Friday.", subject="Delivery"),
            letter("\0 nul og \0 igen til jer alle", subject="Nul"),
        ]
    )
    ask = "select subject, language from posthus.message where words @@ to_tsquery(%s::regconfig, %s)"
    assert office.ask(ask, "danish", "fredagen") == [("Levering", "da")]
    assert office.ask(ask, "english", "order & tile") == [("Delivery", "en")]
    assert len(office.ask(ask, "simple", "kunde@firma.example")) == 3
    assert office.ask(ask, "danish", "nul:*") == [("Nul", "da")]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"{number:x}" for number in range(400_000)),
        " ".join(f"a{number:x}.dk/b{number:x}/c{number:x}" for number in range(60_000)),
        " ".join(f"{number:x}-{number + 7:x}-{number * 3:x}" for number in range(60_000)),
        "x" * 3_000_000,
        "æ-" * 1_000_000,
    ],
    ids=["numbers", "addresses", "hyphens", "one word", "two bytes"],
)
def test_any_text_fits_the_index(office: Office, letter: Letter, text: str) -> None:
    office.take_in([letter(text, subject="Stor")])
    assert office.ask("select length(body_text) > 100000 from posthus.message") == [(True,)]


def test_a_file_is_stored_once_and_packed_when_it_pays(office: Office) -> None:
    mails = []
    for number in range(3):
        mail = EmailMessage()
        mail["from"], mail["subject"] = "Bo <bo@firma.example>", f"Tegning {number}"
        mail.set_content("Se vedhæftede")
        mail.add_attachment(b"plan " * 5000, maintype="application", subtype="pdf", filename="plan.pdf")
        mails.append(mail.as_bytes())
    office.take_in(mails)
    assert office.ask("select name, size from posthus.attachment") == [("plan.pdf", 25_000)] * 3
    assert office.ask("select codec, size, length(body) < 1000 from posthus.blob") == [(1, 25_000, True)]
    assert office.ask("select has_attachments from posthus.conversation") == [(True,)] * 3


@pytest.mark.parametrize(
    ("kind", "age", "shown_age"),
    [
        ("import", timedelta(days=9000), timedelta(days=9000)),
        ("smtp", timedelta(days=9000), timedelta(days=30)),
        ("smtp", timedelta(days=5), timedelta(days=5)),
        ("smtp", timedelta(days=-90), timedelta(minutes=-5)),
    ],
)
def test_a_date_is_believed_within_bounds(
    office: Office, letter: Letter, kind: str, age: timedelta, shown_age: timedelta
) -> None:
    office.take_in([letter(sent_at=datetime.now(UTC) - age)], office.source(kind))
    [(sent_at, received_at)] = office.ask("select sent_at, received_at from posthus.message")
    assert isinstance(sent_at, datetime)
    assert isinstance(received_at, datetime)
    assert abs(received_at - sent_at - shown_age) < timedelta(seconds=60)


def wotnot(key: str, text: str, **variables: str) -> bytes:
    listed = [{"type": "text", "name": name, "value": value} for name, value in variables.items()]
    payload = {"external_key": key, "message": {"text": text}, "variables": listed}
    return orjson.dumps({"events": [{"event": {"type": "message", "payload": payload}}]})


def test_the_lines_of_a_chat_become_one_conversation(office: Office) -> None:
    source = office.source("webhook", "wotnot")
    lines = [
        wotnot(
            "k1", "Har I tid på fredag?", visitor_name="Nina", email="nina@bolig.example", contact_id="c1"
        ),
        wotnot("k1", "Det haster", contact_id="c1"),
        wotnot("k2", "Noget andet", contact_id="c2"),
    ]
    office.take_in(lines, source, "webhook")
    assert office.ask(
        "select channel, message_count, contact_id from posthus.conversation order by message_count desc"
    ) == [
        ("chat", 2, 1),
        ("chat", 1, 2),
    ]
    assert office.ask("select kind, address, contact_id from posthus.contact_address order by 1, 2") == [
        ("email", "nina@bolig.example", 1),
        ("external", "wotnot:c1", 1),
        ("external", "wotnot:c2", 2),
    ]


def test_a_form_is_read_by_the_mapping_of_its_source(office: Office) -> None:
    mapping = {"text": "svar.besked", "from_email": "svar.mail", "subject": "skema", "company": "svar.firma"}
    body = {"skema": "Tilbud", "svar": {"besked": "Ring til mig", "mail": "ib@gmail.com", "firma": "Ibs VVS"}}
    office.take_in([orjson.dumps(body)], office.source("webhook", settings={"mapping": mapping}), "webhook")
    assert office.ask(
        "select c.channel, c.subject, c.snippet, k.name, a.address from posthus.conversation c"
        " join posthus.company k on k.id = c.company_id join posthus.contact_address a using (contact_id)"
    ) == [("form", "Tilbud", "Ring til mig", "Ibs VVS", "ib@gmail.com")]


def test_what_cannot_be_understood_is_shown_as_it_came(office: Office) -> None:
    office.take_in([b"\x00\xff not json", b""], office.source("webhook"), "webhook")
    found = office.ask("select body_text, defects <> '{}' from posthus.message order by size desc")
    assert len(found) == 2
    assert "not json" in str(found[0][0])
    assert {defective for _, defective in found} == {True}


def test_a_missing_event_fails_its_batch(office: Office) -> None:
    missing = FileEvent(office.workspace_id, office.source(), new_event_id())
    with pytest.raises(EventMissingError), office.database.transaction() as connection:
        file_events(connection, [missing])


def test_parallel_filing_of_the_same_people_makes_each_once(
    another_office: Callable[[], Office], letter: Letter
) -> None:
    office = another_office()
    source = office.source()
    people = [f"Navn {number} <p{number % 23}@f{number % 7}.example>" for number in range(160)]
    mails = [letter(SIGNED if number % 5 else "Hej", from_=who) for number, who in enumerate(people)]
    events = office.receive(mails, source)
    portions = [list(portion)[:: (-1) ** number] for number, portion in enumerate(batches(events, 8))]

    def work(portion: list[FileEvent]) -> None:
        with office.database.transaction() as connection:
            file_events(connection, portion)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, portions))
    wanted = {who.split("<")[1].strip(">") for who in people}
    assert {
        address
        for (address,) in office.ask("select address from posthus.contact_address where kind = 'email'")
    } == wanted
    assert office.ask("select count(*) from posthus.contact") == [(len(wanted),)]
    assert office.ask("select count(distinct company_id) from posthus.company_identity where kind = 'domain'") == (
        office.ask("select count(*) from posthus.company where exists (select from posthus.company_identity i"
                   " where i.company_id = company.id and i.kind = 'domain')")
    )  # fmt: skip
    assert office.ask("select count(*) from posthus.message where contact_id is null") == [(0,)]


def amend(office: Office, body: bytes) -> None:
    """What the host does with an event that was read wrongly: a mended payload beside the original."""
    office.ask(
        "insert into posthus.event_amendment (event_id, workspace_id, codec, size, body)"
        " select id, workspace_id, 0, %s, %s from posthus.event returning 1",
        len(body),
        body,
    )


def test_mended_mail_shows_its_new_page_and_keeps_its_original(office: Office, letter: Letter) -> None:
    jobs = office.receive([letter("Forkert", subtype="html")], office.source())
    office.link(office.file(jobs))
    old = letter("").replace(b"text/plain", b"text/html") + b"<p>Rettet</p>"
    amend(office, old)
    [message] = office.file(jobs)
    with office.database.transaction() as connection:
        page = message_html(
            connection, office.workspace_id, message.message_id, Showing(images=False, address_of=str)
        )
        original = raw_event(connection, office.workspace_id, message.message_id)
    assert page is not None
    assert "Rettet" in page
    assert original is not None
    assert b"Forkert" in original.content


def test_messages_that_a_newer_reading_does_not_find_are_gone_everywhere(office: Office) -> None:
    lines = [wotnot("k1", "En"), wotnot("k1", "To"), wotnot("k2", "Tre")]
    together = orjson.dumps({"events": [orjson.loads(line)["events"][0] for line in lines]})
    jobs = office.receive([together], office.source("webhook", "wotnot"), "webhook")
    office.link(before := office.file(jobs))
    assert office.ask("select count(*) from posthus.message") == [(3,)]
    amend(office, lines[0])
    office.file(jobs)
    office.link(before)
    assert office.ask("select body_text from posthus.message") == [("En",)]
    assert office.ask("select message_count from posthus.conversation") == [(1,)]
    assert office.ask("select count(*) from posthus.conversation_message") == [(1,)]
    again = office.ask("select subject from posthus.log where topic = 'filed' order by id desc limit 3")
    assert {str(row[0]) for row in again} == {str(job.message_id) for job in before}
