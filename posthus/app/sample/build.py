"""Makes the deliveries of the sample workspace from its text files."""

from datetime import datetime, timedelta
from html import escape

from posthus.app.sample.company import INTAKE_ADDRESS
from posthus.app.sample.dates import fill_dates, moment_of
from posthus.app.sample.deliveries import MailDelivery, SampleDelivery
from posthus.app.sample.letters import bounce_bytes, letter_id, mail_bytes
from posthus.app.sample.replies import Letter, body_html, quoted_html, quoted_text, reply_subject
from posthus.app.sample.script import Conversation, Entry, Person, read_conversations, read_people
from posthus.app.sample.webhooks import chat_delivery, form_delivery

MOBILE_SIGNATURE = {"da": "Sendt fra min iPhone", "en": "Sent from my iPhone"}
# Letters that would otherwise crowd on one Monday keep this distance.
SOONER = timedelta(minutes=37)


def build_sample(now: datetime) -> tuple[SampleDelivery, ...]:
    """Every delivery of the sample, oldest first; the same for the same `now`, which must know its zone."""
    people = read_people()
    deliveries: list[SampleDelivery] = []
    for conversation in read_conversations():
        deliveries += _deliver(conversation, people, now)
    return tuple(sorted(deliveries, key=lambda delivery: delivery.sent_at))


def sample_closed() -> tuple[str, ...]:
    """The first subjects of the conversations that are done."""
    return tuple(conversation.subject for conversation in read_conversations() if conversation.closed)


def _deliver(conversation: Conversation, people: dict[str, Person], now: datetime) -> list[SampleDelivery]:
    if conversation.channel == "chat":
        return [chat_delivery(conversation, number, now) for number in range(len(conversation.entries))]
    deliveries: list[SampleDelivery] = []
    letters: list[Letter | None] = []
    for number, entry in enumerate(conversation.entries):
        if conversation.channel == "form" and number == 0:
            deliveries.append(form_delivery(conversation, entry, now))
            letters.append(None)
            continue
        parent = _parent(entry, letters)
        letter = _write(conversation, number, people, parent, now)
        letters.append(letter)
        if entry.options.get("kind") == "bounce" and parent is not None:
            raw = bounce_bytes(letter, parent, entry.options["lost"])
        else:
            raw = mail_bytes(letter, entry.options, entry.attachments, now)
        envelope_from = "" if entry.options.get("kind") == "bounce" else letter.sender.address
        deliveries.append(MailDelivery(envelope_from, INTAKE_ADDRESS, raw, letter.sent_at))
    return deliveries


def _parent(entry: Entry, letters: list[Letter | None]) -> Letter | None:
    """The message before, unless the entry says `on: none` or `on: 2` (counted from one)."""
    answered = entry.options.get("on", str(len(letters)))
    return None if answered in ("none", "0") else letters[int(answered) - 1]


def _write(
    conversation: Conversation, number: int, people: dict[str, Person], parent: Letter | None, now: datetime
) -> Letter:
    entry = conversation.entries[number]
    options, sender = entry.options, people[entry.sender]
    text, html = _words(entry, sender, parent, now)
    references = (*parent.references, parent.message_id) if parent else ()
    if "ghost" in options:
        references = (*references, f"<{options['ghost']}>")
    return Letter(
        sender=sender,
        to=tuple(people[key] for key in entry.to),
        cc=tuple(people[key.strip()] for key in options.get("cc", "").split(",") if key.strip()),
        subject=_subject(conversation, entry, sender, parent),
        message_id=letter_id(conversation.key, number, sender),
        references=references,
        sent_at=_moments(conversation, people, now)[number],
        text=text,
        html=html,
    )


def _moments(conversation: Conversation, people: dict[str, Person], now: datetime) -> list[datetime]:
    """When each entry was sent: firms' weekend mail waits for Monday, as far as order and now allow."""
    moments: list[datetime] = []
    limit = now
    for entry in reversed(conversation.entries):
        told = moment_of(entry.when, now)
        waits = entry.sender in people and not people[entry.sender].private and "kind" not in entry.options
        monday = told + timedelta(days=max(0, 7 - told.weekday())) if waits and told.weekday() > 4 else told
        if monday > limit:
            monday = max(told, limit - SOONER) if (limit - SOONER).weekday() == 0 else told
        moments.append(monday)
        limit = monday - timedelta(minutes=1)
    return moments[::-1]


def _words(entry: Entry, sender: Person, parent: Letter | None, now: datetime) -> tuple[str, str]:
    """Body, signature and quote, as plain text and as HTML."""
    program = entry.options.get("via", sender.program)
    body = fill_dates(entry.body, now)
    signature = MOBILE_SIGNATURE[sender.language] if program == "iphone" else sender.signature
    if entry.options.get("signature") == "no":
        signature = ""
    text = f"{body}\n\n{signature}" if signature else body
    html = body_html(program, body) + _signature_html(program, sender, signature)
    if parent is not None and entry.options.get("quote") != "no":
        text += "\n\n" + quoted_text(program, sender.language, parent)
        html += "\n" + quoted_html(program, sender.language, parent)
    return text, html


def _subject(conversation: Conversation, entry: Entry, sender: Person, parent: Letter | None) -> str:
    if "subject" in entry.options:
        return entry.options["subject"]
    if parent is None:
        return conversation.subject
    return reply_subject(entry.options.get("via", sender.program), sender.language, parent.subject)


def _signature_html(program: str, sender: Person, signature: str) -> str:
    if not signature:
        return ""
    lines = "<br>\n".join(escape(line) for line in signature.splitlines() if line != "-- ")
    logo = f'<br><img src="cid:{sender.logo}" alt="logo" width="96" height="40">' if sender.logo else ""
    kind = {"gmail": ' class="gmail_signature"', "thunderbird": ' class="moz-signature"'}.get(program, "")
    return f'<div{kind} style="color:#555">{lines}{logo}</div>'
