"""Writes the JSON of chats (WotNot's shape) and of the website's forms."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from posthus.app.sample.company import AGENTS
from posthus.app.sample.dates import copenhagen, fill_dates, moment_of
from posthus.app.sample.deliveries import WebhookDelivery
from posthus.app.sample.script import Conversation, Entry

HEADERS = {"content-type": "application/json"}
PAUSE = timedelta(seconds=35)

Json = dict[str, object]


def form_delivery(conversation: Conversation, entry: Entry, now: datetime) -> WebhookDelivery:
    """One flat object: `name`, `email`, `phone`, `message`, `page`, `submitted_at`, `id`."""
    sent_at = moment_of(entry.when, now)
    headers = conversation.headers
    answer: Json = {
        "id": _digest(conversation.key)[:16],
        "form": headers["form"],
        "subject": conversation.subject,
        "name": headers["name"],
        "email": headers["email"],
        "phone": headers["phone"],
        "message": fill_dates(entry.body, now),
        "page": headers["page"],
        "submitted_at": sent_at.isoformat(),
    }
    return WebhookDelivery("form", _bytes(answer), dict(HEADERS), sent_at)


def chat_delivery(conversation: Conversation, number: int, now: datetime) -> WebhookDelivery:
    """The lines of one sitting as `message` events; the first sitting opens with `conversation_create`."""
    entry = conversation.entries[number]
    started = moment_of(entry.when, now)
    events = [_opening(conversation, started)] if number == 0 else []
    lines = [line.partition(": ") for line in entry.body.splitlines() if line.strip()]
    # The last line was just written, so that a chat of this minute does not reach into the future.
    moments = [started - PAUSE * (len(lines) - 1 - place) for place in range(len(lines))]
    for place, ((speaker, _, text), moment) in enumerate(zip(lines, moments, strict=True)):
        events.append(
            {
                "type": "message",
                "payload": {
                    "id": _digest(f"{conversation.key}/{number}/{place}")[:24],
                    "external_key": _digest(conversation.key)[:40],
                    "created_at": _stamp(moment),
                    "sender": _speaker(conversation, speaker),
                    "message": {"type": "text", "text": fill_dates(text, now)},
                },
            }
        )
    body: Json = {"events": [{"event": event} for event in events]}
    return WebhookDelivery("chat", _bytes(body), dict(HEADERS), copenhagen(started))


def _opening(conversation: Conversation, started: datetime) -> Json:
    headers = conversation.headers
    key = _digest(conversation.key)[:40]
    variables = {
        "visitor_name": headers["name"],
        "visitor_email": headers.get("email", ""),
        "phone_number": headers.get("phone", ""),
        "source_url": headers["page"],
        "browser_language": "da-DK" if conversation.language == "da" else "en-GB",
        "global_channel_name": "WEB",
        "conversation_url": f"https://chat.example.com/conversations/{key}",
        "contact_id": _digest(headers["name"])[:32],
    }
    payload: Json = {
        "assigned_to_user": {"email": "robot@falkedal.example.dk", "id": "8181", "type": "bot"},
        "created_at": _stamp(started - timedelta(minutes=15)),
        "title": conversation.subject,
        "bot_id": 8861,
        "channel": {"name": 1, "provider": 0},
        "is_new_visitor": True,
        "is_closed": 0,
        "external_key": key,
        "browser": headers.get("browser", "Chrome 142 (142.0.0.0)"),
        "variables": [{"type": "text", "name": name, "value": value} for name, value in variables.items()],
    }
    return {"type": "conversation_create", "payload": payload}


def _speaker(conversation: Conversation, speaker: str) -> Json:
    if speaker == "visitor":
        headers = conversation.headers
        return {"type": "visitor", "name": headers["name"], "email": headers.get("email", "")}
    if speaker == "bot":
        return {"type": "bot", "name": "Falkedals robot", "email": "robot@falkedal.example.dk"}
    agent = next(agent for agent in AGENTS if agent.key == speaker)
    return {"type": "agent", "name": agent.name, "email": agent.address}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _bytes(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
