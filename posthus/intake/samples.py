"""What each provider would send if somebody wrote to it: for trying a source, and for the tests of every reader."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from posthus.intake.providers.delivery import Delivery

_FORM = "application/x-www-form-urlencoded"
Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a sample says; `key` makes it one of its own."""

    key: str
    text: str
    at: datetime
    subject: str = "Posthus test"
    name: str = "Posthus"
    email: str = "test@posthus.example"
    phone: str = "+4512345678"

    @property
    def seconds(self) -> int:
        """When, in seconds since 1970."""
        return int(self.at.timestamp())

    @property
    def iso(self) -> str:
        """When, as ISO 8601."""
        return self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def sample(provider: str, letter: Letter) -> Delivery:
    """An unsigned delivery of a provider; one without a shape of its own sends plain JSON."""
    make = _JSON.get(provider)
    if provider in _FORMS:
        return Delivery({"content-type": _FORM}, urlencode(_FORMS[provider](letter)).encode())
    body = json.dumps(make(letter) if make else _plain(letter), ensure_ascii=False).encode()
    return Delivery({"content-type": "application/json", **_HEADERS.get(provider, {})}, body)


_HEADERS: Mapping[str, Mapping[str, str]] = {
    "github": {"x-github-event": "issue_comment"},
    "shopify": {"x-shopify-topic": "orders/create"},
    "woocommerce": {"x-wc-webhook-topic": "order.created"},
}


def _plain(letter: Letter) -> Fields:
    return {
        "id": letter.key, "conversation_id": letter.key, "subject": letter.subject, "text": letter.text,
        "name": letter.name, "email": letter.email, "phone": letter.phone, "sent_at": letter.iso,
    }  # fmt: skip


def _wotnot(letter: Letter) -> Fields:
    payload = {
        "external_key": letter.key, "title": letter.subject, "visitor": {"name": letter.name, "email": letter.email},
        "message": {"id": letter.key, "text": letter.text, "created_at": letter.iso, "direction": "in"},
    }  # fmt: skip
    return {"events": [{"event": {"type": "message", "payload": payload}}]}


def _stripe(letter: Letter) -> Fields:
    charge = {
        "object": "charge", "id": f"ch_{letter.key}", "amount": 12500, "currency": "dkk", "description": letter.text,
        "billing_details": {"name": letter.name, "email": letter.email, "phone": letter.phone}, "status": "succeeded",
    }  # fmt: skip
    return {
        "id": f"evt_{letter.key}",
        "type": "charge.succeeded",
        "created": letter.seconds,
        "data": {"object": charge},
    }


def _github(letter: Letter) -> Fields:
    user = {"login": letter.name, "id": 1, "type": "User"}
    comment = {"id": letter.key, "body": letter.text, "user": user, "created_at": letter.iso}
    issue = {"number": 1, "title": letter.subject, "user": user}
    return {
        "action": "created",
        "issue": issue,
        "comment": comment,
        "repository": {"full_name": "posthus/test"},
    }


def _person(letter: Letter) -> Fields:
    return {"first_name": letter.name, "last_name": "", "email": letter.email, "phone": letter.phone}


def _shopify(letter: Letter) -> Fields:
    return {
        "id": letter.key, "name": "#1001", "email": letter.email, "note": letter.text, "total_price": "125.00",
        "currency": "DKK", "line_items": [{"name": letter.subject, "quantity": 1, "price": "125.00"}],
        "billing_address": _person(letter), "created_at": letter.iso,
    }  # fmt: skip


def _woocommerce(letter: Letter) -> Fields:
    return {
        "id": letter.key, "number": "1001", "status": "processing", "total": "125.00", "currency": "DKK",
        "customer_note": letter.text, "billing": _person(letter), "date_created_gmt": letter.iso[:19],
        "line_items": [{"name": letter.subject, "quantity": 1, "total": "125.00"}],
    }  # fmt: skip


def _slack(letter: Letter) -> Fields:
    event = {
        "type": "message",
        "channel": "C1",
        "user": "U1",
        "text": letter.text,
        "ts": f"{letter.seconds}.000100",
    }
    return {
        "type": "event_callback",
        "event_id": f"Ev{letter.key}",
        "event": {**event, "client_msg_id": letter.key},
    }


def _twilio(letter: Letter) -> Mapping[str, str]:
    return {
        "MessageSid": f"SM{letter.key}", "From": letter.phone, "To": "+4587654321", "Body": letter.text,
        "NumMedia": "0", "ProfileName": letter.name,
    }  # fmt: skip


def _sendgrid(letter: Letter) -> Mapping[str, str]:
    headers = f"Message-ID: <{letter.key}@posthus.example>\nDate: {letter.at:%a, %d %b %Y %H:%M:%S} +0000"
    return {
        "from": f"{letter.name} <{letter.email}>", "to": "post@example.com", "subject": letter.subject,
        "text": letter.text, "headers": headers,
    }  # fmt: skip


def _mailgun(letter: Letter) -> Mapping[str, str]:
    headers = [["Message-Id", f"<{letter.key}@posthus.example>"], ["From", f"{letter.name} <{letter.email}>"]]
    return {
        "sender": letter.email, "recipient": "post@example.com", "subject": letter.subject,
        "body-plain": letter.text, "message-headers": json.dumps(headers),
    }  # fmt: skip


def _postmark(letter: Letter) -> Fields:
    return {
        "From": f"{letter.name} <{letter.email}>", "To": "post@example.com", "Subject": letter.subject,
        "MessageID": letter.key, "TextBody": letter.text, "Date": f"{letter.at:%a, %d %b %Y %H:%M:%S} +0000",
    }  # fmt: skip


def _ses(letter: Letter) -> Fields:
    mail = (
        f"From: {letter.name} <{letter.email}>\r\nTo: post@example.com\r\nSubject: {letter.subject}\r\n"
        f"Message-ID: <{letter.key}@posthus.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{letter.text}\r\n"
    )
    message = {"notificationType": "Received", "mail": {"messageId": letter.key}, "content": mail}
    return {"Type": "Notification", "MessageId": letter.key, "TopicArn": "", "Message": json.dumps(message)}


def _intercom(letter: Letter) -> Fields:
    author = {"type": "user", "id": letter.key, "name": letter.name, "email": letter.email}
    source = {"id": letter.key, "subject": letter.subject, "body": f"<p>{letter.text}</p>", "author": author}
    item = {"type": "conversation", "id": letter.key, "source": source}
    return {
        "id": f"notif_{letter.key}",
        "topic": "conversation.user.created",
        "created_at": letter.seconds,
        "data": {"item": item},
    }


def _zendesk(letter: Letter) -> Fields:
    author = {"id": "1", "name": letter.name, "email": letter.email, "is_staff": False}
    return {
        "type": "zen:event-type:ticket.comment_added", "id": letter.key, "time": letter.iso,
        "detail": {"id": letter.key, "subject": letter.subject},
        "event": {"comment": {"id": letter.key, "body": letter.text, "author": author}},
    }  # fmt: skip


def _hubspot(letter: Letter) -> list[Fields]:
    changed = {"propertyName": "note", "propertyValue": letter.text, "occurredAt": letter.seconds * 1000}
    return [{"eventId": letter.key, "subscriptionType": "contact.propertyChange", "objectId": 1, **changed}]


def _typeform(letter: Letter) -> Fields:
    fields = [{"id": "1", "title": "Besked"}, {"id": "2", "title": "E-mail"}]
    answers = [
        {"type": "text", "text": letter.text, "field": {"id": "1", "ref": "text"}},
        {"type": "email", "email": letter.email, "field": {"id": "2", "ref": "email"}},
    ]
    response = {"token": letter.key, "submitted_at": letter.iso, "answers": answers}
    definition = {"title": letter.subject, "fields": fields}
    return {
        "event_id": letter.key,
        "event_type": "form_response",
        "form_response": {**response, "definition": definition},
    }


def _meta(letter: Letter) -> Fields:
    number = letter.phone.lstrip("+")
    message = {
        "from": number, "id": f"wamid.{letter.key}", "timestamp": str(letter.seconds), "type": "text",
        "text": {"body": letter.text},
    }  # fmt: skip
    value = {
        "metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": number, "profile": {"name": letter.name}}],
        "messages": [message],
    }  # fmt: skip
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def _trengo(letter: Letter) -> Mapping[str, str]:
    return {
        "message_id": letter.key, "ticket_id": letter.key, "contact_id": "1", "message": letter.text,
        "contact_name": letter.name, "contact_email": letter.email, "channel_id": "1",
    }  # fmt: skip


def _dixa(letter: Letter) -> Fields:
    person = {"id": letter.key, "name": letter.name, "email": letter.email, "phone": letter.phone}
    conversation = {"csid": letter.key, "subject": letter.subject, "requester": person}
    content = {"conversation": conversation, "author": person, "message_id": letter.key, "text": letter.text}
    return {
        "event_id": letter.key, "event_fqn": "CONVERSATION_MESSAGE_ADDED", "event_timestamp": letter.iso, "data": content
    }  # fmt: skip


def _e_conomic(letter: Letter) -> Mapping[str, str]:
    return {"newNumber": letter.key[:8], "message": letter.text}


_FORMS: Mapping[str, Callable[[Letter], Mapping[str, str]]] = {
    "e-conomic": _e_conomic, "mailgun": _mailgun, "sendgrid": _sendgrid, "trengo": _trengo, "twilio": _twilio,
}  # fmt: skip
_JSON: Mapping[str, Callable[[Letter], object]] = {
    "dixa": _dixa, "github": _github, "hubspot": _hubspot, "intercom": _intercom, "meta": _meta,
    "postmark": _postmark, "ses": _ses, "shopify": _shopify, "slack": _slack, "stripe": _stripe,
    "typeform": _typeform, "woocommerce": _woocommerce, "wotnot": _wotnot, "zendesk": _zendesk,
}  # fmt: skip
