"""A test delivery, as the source's own sender would send it, for a person who wants to see one arrive."""

import json
from uuid import uuid4

from posthus.intake.inbox import Content, NewEvent
from posthus.intake.sources import Source

_TEXT = "Hej! Dette er en prøve fra Posthus. / Hello! This is a test from Posthus."


def trial_event(source: Source) -> NewEvent:
    """A new event of a source, to be passed to `receive`; never a repetition."""
    mark = uuid4().hex
    envelope: dict[str, Content] = {"trial": True, "provider": source.provider}
    if source.kind == "webhook":
        body = json.dumps(_payload(source.provider, mark), ensure_ascii=False).encode()
        headers = {"content-type": "application/json"}
        if source.provider == "github":
            headers |= {"x-github-event": "ping", "x-github-delivery": mark}
        return NewEvent(source.workspace_id, source.id, "webhook", body, headers, envelope)
    address = source.address or "post@example.com"
    lines = [
        "From: Posthus <trial@example.com>",
        f"To: <{address}>",
        f"Message-ID: <{mark}@posthus.example>",
        "Subject: Posthus test",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        _TEXT,
        "",
    ]
    body = "\r\n".join(lines).encode()
    return NewEvent(source.workspace_id, source.id, "mail", body, envelope=envelope)


def _payload(provider: str, mark: str) -> dict[str, object]:
    if provider == "wotnot":
        payload = {"external_key": mark, "title": "Posthus test", "message": {"text": _TEXT}}
        return {"events": [{"event": {"type": "message", "payload": payload}}]}
    if provider == "github":
        return {"zen": _TEXT, "hook_id": mark}
    return {
        "id": mark,
        "from": "trial@example.com",
        "name": "Posthus",
        "subject": "Posthus test",
        "text": _TEXT,
    }
