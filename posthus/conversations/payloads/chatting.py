"""Chats, support desks and phones: WhatsApp and Messenger, Slack, Twilio, Intercom, Zendesk, Trengo, Dixa."""

from collections.abc import Iterable

from posthus.conversations.chats import DEFAULT_MAPPING, as_text, at, first_text, parse_json_mapping
from posthus.conversations.payloads.payload import Found, Payload, chat, lines, objects, told

_WHATSAPP_TEXT = (
    ("text", "body"), ("button", "text"), ("interactive", "button_reply", "title"),
    ("interactive", "list_reply", "title"), ("image", "caption"), ("video", "caption"), ("document", "caption"),
    ("reaction", "emoji"),
)  # fmt: skip


def meta(payload: Payload) -> Iterable[Found]:
    """WhatsApp messages and what became of ours; Messenger and Instagram lines."""
    for entry in objects(at(payload.content, "entry")):
        for change in objects(at(entry, "changes")):
            yield from _whatsapp(payload, at(change, "value"), as_text(at(change, "field")))
        for line in objects(at(entry, "messaging")):
            yield from _messenger(payload, line)


def _whatsapp(payload: Payload, value: object, field: str) -> Iterable[Found]:
    ours = as_text(at(value, "metadata", "phone_number_id"))
    names = {
        as_text(at(one, "wa_id")): as_text(at(one, "profile", "name"))
        for one in objects(at(value, "contacts"))
    }
    for message in objects(at(value, "messages")):
        number, kind = as_text(at(message, "from")), as_text(at(message, "type"))
        file = as_text(at(message, kind, "filename")) or as_text(at(message, kind, "id")) if kind else ""
        yield chat("chat", {
            "conversation_key": f"{ours}:{number}",
            "message_key": as_text(at(message, "id")),
            "text": first_text(message, *_WHATSAPP_TEXT) or lines(("", f"[{kind}]"), ("", file)),
            "from_name": names.get(number, ""),
            "from_phone": f"+{number.lstrip('+')}" if number else "",
            "sent_at": as_text(at(message, "timestamp")),
        })  # fmt: skip
    for status in objects(at(value, "statuses")):
        number, state = as_text(at(status, "recipient_id")), as_text(at(status, "status"))
        why = [first_text(one, ("title",), ("message",)) for one in objects(at(status, "errors"))]
        yield chat("chat", {
            "conversation_key": f"{ours}:{number}",
            "message_key": f"{as_text(at(status, 'id'))}:{state}",
            "text": lines(("", f"[{state}]"), ("", "\n".join(why))),
            "from_phone": f"+{number.lstrip('+')}" if number else "",
            "sent_at": as_text(at(status, "timestamp")),
            "direction": "out",
        }, automatic=True)  # fmt: skip
    if at(value, "messages") is None and at(value, "statuses") is None:
        yield told(payload, f"Meta: {field or 'change'}", f"meta:{field}", value)


def _messenger(payload: Payload, line: object) -> Iterable[Found]:
    message = at(line, "message")
    sender, recipient = as_text(at(line, "sender", "id")), as_text(at(line, "recipient", "id"))
    if message is None:
        yield told(payload, "Messenger", ":".join(sorted((sender, recipient))), line)
        return
    urls = [as_text(at(one, "payload", "url")) for one in objects(at(message, "attachments"))]
    ours = at(message, "is_echo") is True
    yield chat("chat", {
        "conversation_key": ":".join(sorted((sender, recipient))),
        "message_key": as_text(at(message, "mid")),
        "text": lines(("", as_text(at(message, "text"))), *(("", url) for url in urls)),
        "from_id": recipient if ours else sender,
        "sent_at": as_text(at(line, "timestamp")),
        "direction": "out" if ours else "in",
    })  # fmt: skip


def slack(payload: Payload) -> Iterable[Found]:
    """Messages in channels, a thread being a conversation; slash commands."""
    event = at(payload.content, "event")
    channel = first_text(event, ("channel",), ("item", "channel"))
    if payload.text("command"):
        yield chat("chat", {
            "conversation_key": payload.text("channel_id"),
            "message_key": payload.text("trigger_id"),
            "text": f"{payload.text('command')} {payload.text('text')}",
            "from_name": payload.text("user_name"),
            "from_id": payload.text("user_id"),
        })  # fmt: skip
    elif as_text(at(event, "type")) in ("message", "app_mention") and as_text(at(event, "text")):
        moment = as_text(at(event, "ts"))
        yield chat("chat", {
            "conversation_key": f"{channel}/{as_text(at(event, 'thread_ts')) or moment}",
            "message_key": first_text(event, ("client_msg_id",), ("ts",)),
            "text": as_text(at(event, "text")),
            "from_id": as_text(at(event, "user")),
            "from_name": first_text(event, ("username",), ("user_profile", "real_name")),
            "sent_at": moment,
            "direction": "out" if at(event, "bot_id") else "in",
        })  # fmt: skip
    else:
        kind = as_text(at(event, "type")) or payload.text("type") or "event"
        yield told(payload, f"Slack: {kind}", f"slack:{channel or kind}")


def twilio(payload: Payload) -> Iterable[Found]:
    """SMS and WhatsApp by their numbers; calls are told."""
    sender, recipient = payload.text("From"), payload.text("To")
    count = payload.text("NumMedia")
    media = [
        payload.text(f"MediaUrl{number}")
        for number in range(int(count) if count in "123456789" and count else 0)
    ]
    text = lines(("", payload.text("Body")), *(("", url) for url in media))
    between = ":".join(sorted((sender, recipient)))
    if payload.text("MessageSid") and not payload.text("MessageStatus"):
        yield chat("chat", {
            "conversation_key": between,
            "message_key": payload.text("MessageSid"),
            "text": text,
            "from_name": payload.text("ProfileName"),
            "from_phone": sender.removeprefix("whatsapp:"),
        })  # fmt: skip
        return
    state = payload.text("MessageStatus") or payload.text("CallStatus") or "event"
    yield chat("chat", {
        "conversation_key": between,
        "message_key": f"{payload.text('MessageSid') or payload.text('CallSid')}:{state}",
        "text": lines(("", f"[{state}]"), ("", payload.text("ErrorMessage")), ("", payload.text("TranscriptionText")), ("", payload.text("RecordingUrl"))),
        "from_phone": sender.removeprefix("whatsapp:") if payload.text("CallSid") else "",
        "direction": "in" if payload.text("Direction") == "inbound" else "out",
    }, automatic=True)  # fmt: skip


def intercom(payload: Payload) -> Iterable[Found]:
    """What customers and colleagues wrote in a conversation: its newest parts, or how it began."""
    item = at(payload.content, "data", "item")
    topic = payload.text("topic")
    key = as_text(at(item, "id"))
    listed = at(item, "conversation_parts")
    parts = [one for one in objects(at(listed, "conversation_parts") or listed) if as_text(at(one, "body"))]
    source = first_text(item, ("source", "body"), ("conversation_message", "body"))
    spoken = parts or ([at(item, "source") or at(item, "conversation_message")] if source else [])
    subject = first_text(item, ("title",), ("source", "subject"))
    for part in spoken:
        author = at(part, "author")
        yield chat("chat", {
            "conversation_key": key,
            "message_key": as_text(at(part, "id")),
            "subject": subject,
            "text": as_text(at(part, "body")),
            "from_name": as_text(at(author, "name")),
            "from_email": as_text(at(author, "email")),
            "from_id": as_text(at(author, "id")),
            "sent_at": first_text(part, ("created_at",)) or payload.text("created_at"),
            "direction": "out" if as_text(at(author, "type")) in ("admin", "bot", "team") else "in",
        })  # fmt: skip
    if not spoken:
        yield told(payload, f"Intercom: {topic or 'event'}", f"intercom:{key}")


def zendesk(payload: Payload) -> Iterable[Found]:
    """A ticket's comments and its beginning; a trigger's own JSON is read by its names of fields."""
    ticket, event = at(payload.content, "detail"), at(payload.content, "event")
    if ticket is None:
        yield parse_json_mapping(payload.raw, DEFAULT_MAPPING)
        return
    comment = at(event, "comment")
    kind = payload.text("type").removeprefix("zen:event-type:")
    author = at(comment, "author") or at(ticket, "requester")
    begun = as_text(at(ticket, "description")) if kind == "ticket.created" else ""
    text = as_text(at(comment, "body")) or begun
    key = f"ticket:{as_text(at(ticket, 'id'))}"
    if not text:
        yield told(payload, f"Zendesk: {kind or 'event'}", key)
        return
    yield chat("chat", {
        "conversation_key": key,
        "message_key": as_text(at(comment, "id")) or payload.text("id"),
        "subject": as_text(at(ticket, "subject")),
        "text": text,
        "from_name": as_text(at(author, "name")),
        "from_email": as_text(at(author, "email")),
        "from_id": first_text(author, ("id",)) or as_text(at(ticket, "requester_id")),
        "sent_at": payload.text("time"),
        "direction": "out" if at(author, "is_staff") is True else "in",
    })  # fmt: skip


def trengo(payload: Payload) -> Iterable[Found]:
    """Messages in and out of a ticket, sent as a form."""
    key = f"ticket:{payload.text('ticket_id')}"
    if not payload.text("message"):
        yield told(payload, "Trengo", key)
        return
    ours = bool(payload.text("user_id") or payload.text("user_name"))
    identifier = payload.text("contact_identifier")
    yield chat("chat", {
        "conversation_key": key,
        "message_key": payload.text("message_id"),
        "text": payload.text("message"),
        "from_name": payload.text("user_name") if ours else payload.text("contact_name"),
        "from_email": payload.text("contact_email"),
        "from_phone": identifier if "@" not in identifier else "",
        "from_id": payload.text("contact_id"),
        "direction": "out" if ours else "in",
    })  # fmt: skip


def dixa(payload: Payload) -> Iterable[Found]:
    """Messages of a conversation; everything else that happens to one is told."""
    content = at(payload.content, "data")
    conversation = at(content, "conversation") or content
    key = first_text(conversation, ("csid",), ("id",), ("conversation_id",))
    message = at(content, "message") or content
    text = first_text(message, ("text",), ("content", "value"), ("content",), ("body",))
    kind = payload.text("event_fqn")
    author = at(content, "author") or at(message, "author") or at(conversation, "requester")
    if not text or ("MESSAGE" not in kind and "NOTE" not in kind and kind):
        yield told(payload, f"Dixa: {kind or 'event'}", f"dixa:{key}")
        return
    ours = as_text(at(message, "direction")).upper() == "OUTBOUND" or at(content, "author", "agent") is True
    customer = at(conversation, "requester") if ours else author
    yield chat("chat", {
        "conversation_key": f"dixa:{key}",
        "message_key": first_text(message, ("message_id",), ("id",)) or payload.text("event_id"),
        "subject": as_text(at(conversation, "subject")),
        "text": text,
        "from_name": as_text(at(author, "name")),
        "from_email": as_text(at(customer, "email")),
        "from_phone": as_text(at(customer, "phone")) or as_text(at(customer, "phone_number")),
        "from_id": as_text(at(customer, "id")),
        "sent_at": payload.text("event_timestamp"),
        "direction": "out" if ours else "in",
    })  # fmt: skip
