"""The sample workspace keeps its promises: size, languages, parsable mail, resolvable threads, nobody real."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from posthus.app.sample.attached import file_bytes
from posthus.app.sample.build import build_sample, sample_closed
from posthus.app.sample.company import AGENTS, CVR, DOMAINS, INTAKE_ADDRESS
from posthus.app.sample.dates import copenhagen, fill_dates, moment_of
from posthus.app.sample.deliveries import MailDelivery, SampleDelivery, WebhookDelivery
from posthus.app.sample.script import Attachment, read_conversations, read_people
from posthus.app.sample.searches import SAMPLE_SEARCHES

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
LINK = re.compile(r"https?://([\w.-]+)")
ID = re.compile(r"<[^<>\s]+>")
EXAMPLE = re.compile(r"(?:^|\.)example\.(?:dk|com|org)$")
CVR_IN_TEXT = re.compile(r"(?:CVR|VAT)[^\d\n]{0,25}((?:\d ?){8})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Opened:
    """A mail as the stdlib reads it back."""

    message_id: str
    parents: tuple[str, ...]
    ids: frozenset[str]
    subject: str
    sender_domain: str
    sent_at: datetime
    plain: str
    text: str
    headers: str
    kinds: tuple[str, ...]
    defects: int


def _opened(delivery: MailDelivery) -> Opened:
    mail = message_from_bytes(delivery.raw, policy=default)
    own = str(mail["Message-ID"]).strip()
    parents = tuple(ID.findall(mail.get("In-Reply-To", "")))
    plain = mail.get_body(("plain",))
    assert plain is not None, mail["Subject"]
    assert mail["To"].addresses
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return Opened(
        message_id=own,
        parents=parents,
        ids=frozenset({own, *parents, *ID.findall(mail.get("References", ""))}),
        subject=str(mail["Subject"]),
        sender_domain=mail["From"].addresses[0].domain,
        sent_at=mail["Date"].datetime,
        plain=plain.get_content(),
        text="\n".join(part if isinstance(part, str) else part.decode("utf-8", "replace") for part in parts),
        headers="".join(f"{name}: {value}\n" for name, value in mail.items()),
        kinds=tuple(part.get_content_type() for part in mail.walk()),
        defects=sum(len(part.defects) for part in mail.walk()),
    )


@pytest.fixture(scope="module")
def sample() -> tuple[SampleDelivery, ...]:
    return build_sample(NOW)


@pytest.fixture(scope="module")
def mails(sample: tuple[SampleDelivery, ...]) -> list[Opened]:
    return [_opened(delivery) for delivery in sample if isinstance(delivery, MailDelivery)]


def _components(mails: list[Opened]) -> list[frozenset[str]]:
    groups: list[frozenset[str]] = []
    for mail in mails:
        touched = [group for group in groups if group & mail.ids]
        groups = [group for group in groups if not group & mail.ids]
        groups.append(mail.ids.union(*touched))
    return groups


def test_is_large_enough_to_look_like_a_working_company(
    sample: tuple[SampleDelivery, ...], mails: list[Opened]
) -> None:
    assert len(sample) >= 190
    assert len(_components(mails)) >= 55
    webhooks = Counter(delivery.source for delivery in sample if isinstance(delivery, WebhookDelivery))
    assert webhooks["chat"] >= 6
    assert webhooks["form"] >= 6


def test_is_mostly_danish_and_a_good_part_english() -> None:
    conversations = read_conversations()
    english = sum(conversation.language == "en" for conversation in conversations) / len(conversations)
    assert 0.22 <= english <= 0.36
    for conversation in conversations:
        words = " ".join(entry.body for entry in conversation.entries).lower()
        danish = len(re.findall(r"\b(?:og|ikke|det|jeg|vi|til|har)\b", words))
        foreign = len(re.findall(r"\b(?:and|not|the|we|you|to|is)\b", words))
        assert (danish > foreign) == (conversation.language == "da"), conversation.key


def test_every_mail_parses_back_with_what_a_mail_needs(mails: list[Opened]) -> None:
    kinds = Counter(kind for mail in mails for kind in mail.kinds)
    for mail in mails:
        assert mail.defects == 0, mail.subject
        assert len(mail.plain.strip()) > 10, mail.subject
        assert "{" not in mail.text + mail.subject, mail.subject
        assert "\ufffd" not in mail.text, mail.subject
    assert kinds["multipart/alternative"] > 80
    assert kinds["multipart/related"] > 20
    for kind in ("application/pdf", "image/png", "text/csv", "text/calendar", "message/delivery-status"):
        assert kinds[kind] >= 1, kind


def test_lines_end_as_smtp_wants(sample: tuple[SampleDelivery, ...]) -> None:
    for delivery in sample:
        if isinstance(delivery, MailDelivery):
            assert b"\n" not in delivery.raw.replace(b"\r\n", b"")
            assert max(len(line) for line in delivery.raw.split(b"\r\n")) <= 998
            assert delivery.recipient == INTAKE_ADDRESS


def test_ids_are_unique_and_references_resolve_but_for_ghosts(mails: list[Opened]) -> None:
    own = [mail.message_id for mail in mails]
    assert len(set(own)) == len(own)
    ghosts = {one for mail in mails for one in mail.ids} - set(own)
    assert 2 <= len(ghosts) <= 3


def test_threads_keep_whom_the_files_keep_together(mails: list[Opened]) -> None:
    subjects = {mail.message_id: mail.subject for mail in mails}
    for group in _components(mails):
        bare = {re.sub(r"^(?:(?:SV|RE|Re): )+", "", subjects[one]) for one in group if one in subjects}
        replies = {s for s in bare if not s.startswith(("Automatisk svar", "Undelivered"))}
        assert len(replies) == 1, replies


def test_a_reply_is_later_than_what_it_answers(mails: list[Opened]) -> None:
    for now in (NOW, datetime(2026, 3, 29, 22, 5, tzinfo=UTC), datetime(2026, 6, 30, 23, 50, tzinfo=UTC)):
        at: dict[str, datetime] = {}
        for delivery in build_sample(now):
            if isinstance(delivery, MailDelivery):
                mail = _opened(delivery)
                assert mail.sent_at == delivery.sent_at
                at[mail.message_id] = delivery.sent_at
                assert all(at.get(parent, OLDEST) < delivery.sent_at for parent in mail.parents), mail.subject
        assert max(at.values()) <= now


def test_firms_seldom_write_at_weekends_before_this_one() -> None:
    for day in range(18, 25):
        now = datetime(2026, 11, day, 9, 30, tzinfo=UTC)
        sent = [
            one.sent_at for one in build_sample(now) if isinstance(one, MailDelivery) and _from_a_firm(one)
        ]
        earlier = [moment for moment in sent if (now - moment).days >= 3]
        assert sum(moment.weekday() > 4 for moment in earlier) <= len(earlier) // 20


def _from_a_firm(delivery: MailDelivery) -> bool:
    return "@" in delivery.envelope_from and "@privat." not in delivery.envelope_from


def test_every_date_is_past_and_the_newest_is_minutes_old(sample: tuple[SampleDelivery, ...]) -> None:
    moments = [delivery.sent_at for delivery in sample]
    assert moments == sorted(moments)
    assert all(moment <= NOW for moment in moments)
    assert (NOW - moments[-1]).total_seconds() < 1800
    assert 45 <= (NOW - moments[0]).days <= 60


def test_every_cvr_passes_modulus_11(mails: list[Opened]) -> None:
    written = {CVR}
    for mail in mails:
        written |= {found.replace(" ", "") for found in CVR_IN_TEXT.findall(mail.text)}
    assert len(written) >= 15
    for number in written:
        assert number.startswith("99")
        assert (
            sum(int(digit) * weight for digit, weight in zip(number, (2, 7, 6, 5, 4, 3, 2, 1), strict=True))
            % 11
            == 0
        )


def test_nobody_outside_the_example_domains(sample: tuple[SampleDelivery, ...]) -> None:
    for delivery in sample:
        if isinstance(delivery, MailDelivery):
            mail = _opened(delivery)
            text = mail.text + mail.headers
        else:
            text = delivery.body.decode()
        domains = [address.split("@")[1] for address in ADDRESS.findall(text)] + LINK.findall(text)
        assert all(EXAMPLE.search(domain) for domain in domains), [
            d for d in domains if not EXAMPLE.search(d)
        ]


def test_company_and_customers_both_write(mails: list[Opened]) -> None:
    outgoing = [mail for mail in mails if mail.sender_domain in DOMAINS]
    assert 0.35 <= len(outgoing) / len(mails) <= 0.65
    people = read_people()
    for agent in AGENTS:
        assert (people[agent.key].name, people[agent.key].address) == (agent.name, agent.address)


def test_webhooks_have_the_providers_shapes(sample: tuple[SampleDelivery, ...]) -> None:
    keys: set[object] = set()
    for delivery in sample:
        if not isinstance(delivery, WebhookDelivery):
            continue
        body = json.loads(delivery.body)
        if delivery.source == "form":
            assert {"name", "email", "phone", "message", "page"} <= body.keys()
            continue
        events = [item["event"] for item in body["events"]]
        assert {event["type"] for event in events} <= {"conversation_create", "message"}
        created = [event for event in events if event["type"] == "conversation_create"]
        key = events[0]["payload"]["external_key"]
        assert bool(created) == (key not in keys)
        keys.add(key)
        assert {event["payload"]["external_key"] for event in events} == {key}
        senders = {event["payload"]["sender"]["type"] for event in events if event["type"] == "message"}
        assert senders <= {"visitor", "bot", "agent"}
        stamps = [event["payload"]["created_at"] for event in events]
        assert stamps == sorted(stamps)
        assert stamps[-1] <= f"{NOW:%Y-%m-%d %H:%M:%S.%f}"


def test_is_the_same_for_the_same_now(sample: tuple[SampleDelivery, ...]) -> None:
    assert build_sample(NOW) == sample


def test_conversations_name_known_agents_and_states() -> None:
    agents = {agent.key for agent in AGENTS}
    for conversation in read_conversations():
        assert conversation.headers["status"] in ("open", "closed")
        assert conversation.assignee is None or conversation.assignee in agents
        assert conversation.tags
    assert len(sample_closed()) >= 20


def test_searches_point_at_one_conversation(mails: list[Opened]) -> None:
    subjects = {mail.subject for mail in mails}
    assert len(SAMPLE_SEARCHES) == 8
    for search in SAMPLE_SEARCHES:
        hits = {subject for subject in subjects if search.expected_subject_part in subject}
        assert hits, search.query


def test_dates_are_told_on_danish_clocks() -> None:
    assert copenhagen(datetime(2026, 7, 1, 12, tzinfo=UTC)).hour == 14
    assert copenhagen(datetime(2026, 12, 1, 12, tzinfo=UTC)).hour == 13
    assert moment_of("1d 09:15", NOW).isoformat() == "2026-11-23T09:15:00+01:00"
    assert moment_of("31d 09:15", NOW).isoformat() == "2026-10-24T09:15:00+02:00"
    assert moment_of("2h 10m", NOW).isoformat() == "2026-11-24T08:20:00+01:00"
    assert fill_dates("{ugedag +4} / {weekday +4} / {uge +4}", NOW) == (
        "mandag den 30. november / Monday 30 November / 49"
    )
    with pytest.raises(ValueError, match="not a time"):
        moment_of("yesterday", NOW)


def test_made_files_are_what_their_names_say() -> None:
    pdf = file_bytes(Attachment("tilbud.pdf", "Tilbud (å)\nLinje\n"), NOW)
    table = int(pdf.split(b"startxref\n")[1].split(b"\n")[0])
    assert pdf[table : table + 4] == b"xref"
    assert pdf.startswith(b"%PDF-1.4")
    assert b"(Tilbud \\(\xe5\\)) Tj" in pdf
    assert file_bytes(Attachment("foto.png", "roof leak\n"), NOW).startswith(b"\x89PNG")
    meeting = "summary: Møde\nday: +1\nfrom: 09:00\nto: 10:00\nplace: Egelunde, kontoret\n"
    calendar = file_bytes(Attachment("møde.ics", meeting), NOW).decode()
    assert "DTSTART:20261125T080000Z" in calendar
    assert "LOCATION:Egelunde\\, kontoret" in calendar
