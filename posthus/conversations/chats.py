"""Webhook bodies as chat lines and form answers: WotNot's shape, and any JSON or form by a mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl

import jmespath
import orjson
from jmespath.exceptions import JMESPathError

from posthus.conversations.addresses import parse_addresses
from posthus.conversations.charsets import decode, storable
from posthus.conversations.headers import parse_date
from posthus.conversations.parsed import Address, ParsedChat

Object: TypeAlias = Mapping[str, object]

MAX_CHARACTERS = 1_000_000
MAX_SHORT_CHARACTERS = 1_000
MAX_FORM_FIELDS = 1_000
# Seconds since 1970 beyond this are milliseconds.
LAST_SECOND = 100_000_000_000

FIELDS = (
    "conversation_key",
    "message_key",
    "text",
    "subject",
    "from_name",
    "from_email",
    "from_phone",
    "from_id",
    "company",
    "sent_at",
    "direction",
)
# What arbitrary systems call these things, most telling first; looked up at the top and one object down.
NAMES: Mapping[str, tuple[str, ...]] = {
    "conversation_key": (
        "conversation_id",
        "conversationId",
        "conversation_key",
        "thread_id",
        "threadId",
        "ticket_id",
        "ticketId",
        "session_id",
        "sessionId",
        "chat_id",
    ),
    "message_key": ("message_id", "messageId", "event_id", "eventId", "submission_id", "uuid", "id"),
    "text": (
        "message",
        "text",
        "body",
        "content",
        "comment",
        "comments",
        "besked",
        "kommentar",
        "henvendelse",
        "question",
        "description",
        "beskrivelse",
        "note",
    ),
    "subject": ("subject", "emne", "title", "topic", "overskrift"),
    "from_name": (
        "name",
        "full_name",
        "fullName",
        "navn",
        "from_name",
        "fromName",
        "sender_name",
        "customer_name",
        "visitor_name",
        "contact_name",
        "display_name",
    ),
    "from_email": (
        "email",
        "e_mail",
        "mail",
        "email_address",
        "emailAddress",
        "from_email",
        "fromEmail",
        "sender_email",
        "customer_email",
        "from",
        "sender",
    ),
    "from_phone": ("phone", "phone_number", "phoneNumber", "telefon", "tlf", "telephone", "mobile", "mobil"),
    "from_id": ("contact_id", "contactId", "customer_id", "customerId", "visitor_id", "user_id", "userId"),
    "company": (
        "company",
        "company_name",
        "companyName",
        "firma",
        "virksomhed",
        "organization",
        "organisation",
    ),
    "sent_at": (
        "sent_at",
        "sentAt",
        "created_at",
        "createdAt",
        "timestamp",
        "submitted_at",
        "date",
        "created",
        "time",
    ),
    "direction": ("direction",),
}
NESTED = (
    "data",
    "payload",
    "event",
    "object",
    "contact",
    "customer",
    "user",
    "visitor",
    "sender",
    "author",
    "person",
    "fields",
    "form",
    "answers",
    "message",
    "ticket",
    "conversation",
)
PERSON_FIELDS = ("from_name", "from_email", "from_phone", "from_id", "company")
NOT_PERSONS = ("ticket", "conversation", "event", "object")
OUTGOING = frozenset({"out", "outgoing", "outbound", "agent", "bot", "sent", "operator", "reply"})


def default_expression(name: str) -> str:
    """The JMESPath that tries every usual place of a field."""
    places = [place for place in NESTED if name not in PERSON_FIELDS or place not in NOT_PERSONS]
    tops = [f'"{key}"' for key in NAMES[name]]
    below = [f'"{place}"."{key}"' for place in places for key in NAMES[name]]
    return " || ".join(tops + below)


DEFAULT_MAPPING: Mapping[str, str] = {name: default_expression(name) for name in FIELDS}


@dataclass(slots=True)
class Draft:
    """The fields of a chat while they are being found, all as text."""

    values: dict[str, str] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)
    automatic: bool = False

    def short(self, name: str) -> str:
        """A one-line value, empty when absent."""
        return " ".join(self.values.get(name, "").split())[:MAX_SHORT_CHARACTERS]

    def finish(self, channel: Literal["chat", "form"]) -> ParsedChat:
        """The chat line; without an address in it, an email is no email."""
        sender = next(iter(parse_addresses(self.short("from_email").encode(), 1)), Address("", ""))
        address = sender.address if "@" in sender.address.strip("@") else None
        sent_at = self.values.get("sent_at", "")
        moment = parse_moment(sent_at)
        if sent_at and moment is None:
            self.defects.append("unreadable_time")
        return ParsedChat(
            channel=channel,
            conversation_key=self.short("conversation_key") or None,
            message_key=self.short("message_key") or None,
            subject=self.short("subject"),
            text=self.values.get("text", "")[:MAX_CHARACTERS].strip(),
            from_name=self.short("from_name") or sender.name,
            from_address=address,
            from_phone=self.short("from_phone") or None,
            from_external_id=self.short("from_id") or None,
            company_name=self.short("company") or None,
            sent_at=moment,
            direction="out" if self.short("direction").lower() in OUTGOING else "in",
            defects=tuple(dict.fromkeys(self.defects)),
            automatic=self.automatic,
        )


def parse_moment(text: str) -> datetime | None:
    """ISO 8601, RFC 5322, or seconds or milliseconds since 1970; UTC where no zone is given."""
    text = text.strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    try:
        if number > 0:
            return datetime.fromtimestamp(number / 1000 if number > LAST_SECOND else number, UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return parse_date(text.encode())


def as_text(value: object) -> str:
    """A JSON value as text: scalars as written, lists line by line, objects by their own text or as JSON."""
    if isinstance(value, str):
        return storable(value)
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return "\n".join(as_text(one) for one in value)
    if isinstance(value, dict):
        for key in ("text", "body", "content", "value", "email", "name"):
            if isinstance(value.get(key), str):
                return storable(str(value[key]))
    return pretty(value)


def pretty(value: object) -> str:
    """The value as indented JSON."""
    try:
        return storable(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())[
            :MAX_CHARACTERS
        ]
    except (orjson.JSONEncodeError, RecursionError):
        return ""


def load_body(body: bytes) -> tuple[object, tuple[str, ...]]:
    """JSON, or a form as an object of its fields, or None with the reason."""
    try:
        loaded: object = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return load_form(body)
    return loaded, ()


def load_form(body: bytes) -> tuple[object, tuple[str, ...]]:
    """A form-encoded body; a field named `payload` that holds JSON is taken for the whole."""
    text = decode(body[:MAX_CHARACTERS], None).strip()
    if "=" not in text or any(character.isspace() for character in text):
        return None, ("not_json",)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        return None, ("too_many_fields",)
    form: dict[str, object] = {}
    for name, value in pairs:
        form[name] = f"{form[name]}\n{value}" if name in form else value
    wrapped = form.get("payload")
    if isinstance(wrapped, str) and wrapped.startswith("{"):
        try:
            inner: object = orjson.loads(wrapped)
        except orjson.JSONDecodeError:
            return form, ()
        return inner, ()
    return form, ()


def parse_json_mapping(body: bytes, mapping: Mapping[str, str], content: object = None) -> ParsedChat:
    """One form answer or event from any JSON or form body; `mapping` gives a JMESPath for any of FIELDS.

    `content` is the body where it has been taken apart already. Never raises: what cannot be read or mapped is
    shown as JSON, and the defect is named.
    """
    loaded, defects = (content, ()) if content is not None else load_body(body)
    draft = Draft(defects=list(defects))
    if defects:
        draft.values["text"] = decode(body[:MAX_CHARACTERS], None)
        return draft.finish("form")
    for name in FIELDS:
        expression = mapping.get(name)
        if not expression:
            continue
        try:
            found: object = jmespath.search(expression, loaded)
        except (JMESPathError, RecursionError, ValueError, TypeError, AttributeError):
            draft.defects.append(f"mapping_failed:{name}")
            continue
        draft.values[name] = as_text(found)
    if not draft.values.get("text", "").strip():
        draft.values["text"] = pretty(loaded) or decode(body[:MAX_CHARACTERS], None)
        draft.defects.append("no_text")
    return draft.finish("form")


def at(value: object, *path: str) -> object:
    """The value at a path of keys, None where there is none."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def first_text(value: object, *paths: tuple[str, ...]) -> str:
    """The first of several places that holds any text."""
    return next((text for path in paths if (text := as_text(at(value, *path)).strip())), "")


def wotnot_variables(payload: object) -> dict[str, str]:
    """The bot's variables by name."""
    listed = at(payload, "variables")
    if not isinstance(listed, list):
        return {}
    return {as_text(at(one, "name")): as_text(at(one, "value")) for one in listed if at(one, "name")}


def wotnot_draft(kind: str, payload: object) -> Draft:
    """The fields of one WotNot event; places beyond the documented sample are tried as well."""
    variables = wotnot_variables(payload)
    draft = Draft()
    draft.values = {
        "conversation_key": first_text(
            payload, ("external_key",), ("conversation", "external_key"), ("conversation_key",),
            ("conversation_id",), ("conversation", "id"),
        ),
        "message_key": first_text(payload, ("message_id",), ("message", "id"), ("id",)),
        "subject": first_text(payload, ("title",), ("conversation", "title")),
        "text": first_text(payload, ("message", "text"), ("message",), ("text",), ("body",), ("note",)),
        "from_name": variables.get("visitor_name") or variables.get("name")
        or first_text(payload, ("visitor", "name"), ("contact", "name"), ("sender", "name")),
        "from_email": variables.get("email") or variables.get("visitor_email")
        or first_text(payload, ("visitor", "email"), ("contact", "email"), ("sender", "email")),
        "from_phone": variables.get("phone") or variables.get("phone_number")
        or first_text(payload, ("visitor", "phone"), ("contact", "phone")),
        "from_id": variables.get("contact_id") or first_text(payload, ("contact_id",), ("contact", "id")),
        "company": variables.get("company") or variables.get("company_name") or "",
        "sent_at": first_text(payload, ("sent_at",), ("message", "created_at"), ("created_at",), ("timestamp",)),
        "direction": first_text(payload, ("direction",), ("message", "direction"), ("sender", "type")),
    }  # fmt: skip
    if kind == "conversation_create" and not draft.values["text"]:
        # Nobody has said anything yet: where the visitor was is told, browsers and time zones stay in the original.
        draft.values["text"] = variables.get("source_url") or draft.values["subject"]
        draft.automatic = True
    if not draft.values["text"]:
        draft.values["text"] = pretty(payload)
        draft.defects.append(f"unknown_event:{kind[:60]}" if kind != "message" else "no_text")
    return draft


def parse_wotnot(body: bytes) -> tuple[ParsedChat, ...]:
    """The events of one WotNot delivery, `{"events": [{"event": {"type", "payload"}}]}`; never raises, never empty."""
    loaded, defects = load_body(body)
    listed = at(loaded, "events")
    events = listed if isinstance(listed, list) and listed else [loaded]
    chats = []
    for wrapped in events:
        event = at(wrapped, "event") or wrapped
        payload = at(event, "payload")
        if not isinstance(payload, dict):
            draft = Draft(
                {"text": as_text(wrapped) or decode(body[:MAX_CHARACTERS], None)}, [*defects, "no_payload"]
            )
        else:
            draft = wotnot_draft(as_text(at(event, "type")), payload)
        chats.append(draft.finish("chat"))
    return tuple(chats)
