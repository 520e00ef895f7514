"""Events to drafts: mail by its headers and body, webhooks by their provider. Pure; unreadable input is shown raw."""

from collections.abc import Mapping, Sequence

from posthus.conversations.drafts import (
    Draft,
    Key,
    Person,
    StoredEvent,
    believable,
    first_stranger,
    mail_person,
    phone_key,
)
from posthus.conversations.languages import language_of
from posthus.conversations.mail import parse_mail
from posthus.conversations.parsed import Address, ParsedChat, ParsedMail, Span
from posthus.conversations.payloads.read import read_webhook
from posthus.conversations.quotes import split_text
from posthus.conversations.senders import contact_address, domain_of, is_public_mail_domain
from posthus.conversations.threads import chat_reference, own_reference, reference_of
from posthus.database.identifiers import message_id_of

NOBODY = Address("", "")


def understand(event: StoredEvent) -> Sequence[Draft]:
    """The event's messages, at least one."""
    if event.kind == "mail":
        return [_mail(event, 0, parse_mail(event.body))]
    found = read_webhook(event.provider, event.headers, event.body, mapping_of(event.settings))
    return [
        _mail(event, position, one) if isinstance(one, ParsedMail) else _chat(event, position, one)
        for position, one in enumerate(found)
    ]


def mapping_of(settings: Mapping[str, object]) -> Mapping[str, str]:
    """The source's own places of fields, empty where it has none."""
    own = settings.get("mapping")
    return {str(name): str(place) for name, place in own.items() if place} if isinstance(own, dict) else {}


def _mail(event: StoredEvent, position: int, mail: ParsedMail) -> Draft:
    ours = [event.source_address] if event.source_address else []
    author = contact_address(mail, ours) or NOBODY
    spans = split_text(mail.text)
    signature = "\n".join(mail.text[span.start : span.end] for span in spans if span.kind == "signature")
    outgoing = bool(author.address) and event.is_ours(author.address)
    recipients = (*mail.to, *mail.cc)
    person = first_stranger(recipients, event) if outgoing else mail_person(author, event, signature)
    return Draft(
        id=message_id_of(event.id, position),
        event=event,
        position=position,
        channel="email",
        direction="out" if outgoing else "in",
        message_id=mail.message_id,
        subject=mail.subject,
        is_reply=mail.is_reply,
        sender=mail.from_ or mail.sender or author,
        to=mail.to,
        cc=mail.cc,
        sent_at=believable(mail.date, event),
        text=mail.text,
        spans=spans,
        language=language_of(f"{mail.subject}\n{_new(mail.text, spans)}", event.language),
        references=tuple(str(reference_of(one)) for one in mail.reference_ids),
        person=person,
        own_references=mail.own_ids,
        thread_index=mail.thread_index,
        attachments=mail.attachments,
        html=mail.html,
        list_id=mail.list_id,
        automatic=mail.auto_submitted,
        bulk=mail.bulk,
        headers_only=mail.headers_only,
        defects=mail.defects,
    )


def _chat(event: StoredEvent, position: int, chat: ParsedChat) -> Draft:
    message_id = message_id_of(event.id, position)
    if chat.conversation_key:
        reference = chat_reference(event.source_id, chat.conversation_key)
    else:
        reference = own_reference(message_id)
    address = chat.from_address or chat.from_phone or ""
    return Draft(
        id=message_id,
        event=event,
        position=position,
        channel=chat.channel,
        direction=chat.direction,
        message_id=chat.message_key,
        subject=chat.subject,
        is_reply=False,
        sender=Address(chat.from_name, address),
        to=(),
        cc=(),
        sent_at=believable(chat.sent_at, event),
        text=chat.text,
        spans=(Span("new", 0, len(chat.text)),) if chat.text else (),
        language=language_of(f"{chat.subject}\n{chat.text}", event.language),
        references=(str(reference),),
        person=_visitor(event, chat),
        automatic=chat.automatic,
        defects=chat.defects,
    )


def _visitor(event: StoredEvent, chat: ParsedChat) -> Person | None:
    keys: list[Key] = []
    company: list[Key] = []
    if chat.from_address and not event.is_ours(chat.from_address):
        keys.append(("email", chat.from_address.lower()[:320]))
        domain = domain_of(chat.from_address)
        if domain is not None and not is_public_mail_domain(domain):
            company.append(("domain", domain))
    if chat.from_external_id:
        keys.append(("external", f"{event.provider}:{chat.from_external_id}"[:320]))
    phone = phone_key(chat.from_phone or "")
    if phone is not None:
        keys.append(phone)
    name = (chat.company_name or "").strip()[:200]
    if name:
        company.append(("name", name.lower()))
    if not keys:
        return None
    # An agent's line names the agent, the visitor is known from the conversation's other lines.
    return Person(tuple(keys), chat.from_name if chat.direction == "in" else "", tuple(company), name)


def _new(text: str, spans: Sequence[Span]) -> str:
    return " ".join(text[span.start : span.end] for span in spans if span.kind == "new") or text
