"""A trial event for a source: what its provider would send, put in where real ones arrive."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

import orjson

from posthus.intake.inbox import Content, NewEvent
from posthus.intake.sources import Source

_ADDRESS = "test@posthus.example"


def trial_event(source: Source, name: str) -> NewEvent:
    """A delivery of `source`, asked for by the member called `name`; each one is new."""
    key, now = uuid4().hex, datetime.now(UTC)
    if source.kind == "webhook":
        body, headers = _body(source, name, key, now), {"content-type": "application/json"}
        envelope: dict[str, Content] = {}
    else:
        body, headers = _mail(source, name, key, now), {}
        envelope = {"from": _ADDRESS, "to": [source.address or _ADDRESS]}
    return NewEvent(
        workspace_id=source.workspace_id,
        source_id=source.id,
        kind="webhook" if source.kind == "webhook" else "mail",
        headers=headers,
        envelope=envelope,
        body=body,
        idempotency_key=key.encode(),
        permanent=False,
    )


def _body(source: Source, name: str, key: str, now: datetime) -> bytes:
    text = f"Test from Posthus: {source.name} works. Sent by {name}."
    if source.provider == "wotnot":
        payload = {
            "external_key": key,
            "visitor": {"name": "Posthus", "email": _ADDRESS},
            "message": {"id": key, "text": text, "created_at": now.isoformat(), "direction": "in"},
        }
        return orjson.dumps({"events": [{"event": {"type": "message", "payload": payload}}]})
    plain = {
        "id": key,
        "conversation_id": key,
        "subject": f"Test of {source.name}",
        "text": text,
        "name": "Posthus",
        "email": _ADDRESS,
        "sent_at": now.isoformat(),
    }
    return orjson.dumps(plain)


def _mail(source: Source, name: str, key: str, now: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Posthus <{_ADDRESS}>"
    mail["To"] = source.address or _ADDRESS
    mail["Subject"] = f"Test of {source.name}"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{key}@posthus.example>"
    mail.set_content(f"Test from Posthus: {source.name} works.\nSent by {name}.\n")
    return mail.as_bytes()
