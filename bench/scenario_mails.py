"""Threading scenarios as mail: what each says in words becomes header fields."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

Message = Mapping[str, str | list[str] | int | None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Some messages, and which of them belong together."""

    name: str
    messages: Sequence[dict[str, str | list[str] | int | None]]
    expected: set[frozenset[str]]

    def numbered(self, first: int) -> list[dict[str, str | list[str] | int | None]]:
        """Its messages, if the conversation of its first message is about to get this number: subjects may name it."""
        tickets = [first + position for position, one in enumerate(self.messages) if one.get("ticket")]
        named = f"#{tickets[0]}]" if tickets else ""
        return [
            {**one, "subject": re.sub(r"#\d+\]", named, str(one["subject"])) if tickets else one["subject"]}
            for one in self.messages
        ]

    def begin(self) -> datetime:
        """When its first message was sent, so that its last was an hour ago."""
        span = max(int(str(message["date_offset_s"])) for message in self.messages)
        return datetime.now(UTC) - timedelta(hours=1, seconds=span)


def read_scenarios(threads: Path) -> list[Scenario]:
    """Those of the shared data."""
    found = json.loads((threads / "scenarios.json").read_text())
    return [
        Scenario(one["name"], one["messages"], {frozenset(group) for group in one["expected"]})
        for one in found
    ]


def scenario_mail(message: Message, start: datetime) -> bytes:
    """One message of a scenario that began at `start`."""
    mail = EmailMessage()
    sent_at = start + timedelta(seconds=int(str(message["date_offset_s"])))
    if message.get("date"):
        sent_at = datetime.fromisoformat(f"{message['date']}T00:00:00+00:00")
    # As the scenario says in words.
    sender = f"Ole via liste <{message['from']}>" if message.get("reply_to") else str(message["from"])
    named = message.get("references")
    references: Iterable[object] = named if isinstance(named, list) else ()
    fields = {
        "Message-ID": f"<{message['message_id']}>",
        "From": sender,
        "To": str(message["to"]),
        "Subject": str(message["subject"]),
        "In-Reply-To": f"<{message['in_reply_to']}>" if message.get("in_reply_to") else "",
        "References": " ".join(f"<{one}>" for one in references),
        "Cc": str(message.get("cc") or ""),
        "Reply-To": str(message.get("reply_to") or ""),
        "X-Original-Message-ID": f"<{message['original_message_id']}>"
        if message.get("original_message_id")
        else "",
        "Thread-Index": _thread_index(str(message.get("thread_index_guid") or "")),
        "Date": format_datetime(sent_at),
    }
    for name, value in fields.items():
        if value:
            mail[name] = value
    if message.get("embedded_message_id"):
        return mail.as_bytes().rstrip() + b"\n" + _bounce(str(message["embedded_message_id"]))
    mail.set_content(str(message.get("body") or "Hej"))
    return mail.as_bytes()


def _thread_index(guid: str) -> str:
    return b64encode(b"\x01" + bytes(5) + sha256(guid.encode()).digest()[:16]).decode() if guid else ""


def _bounce(message_id: str) -> bytes:
    parts = (
        "Content-Type: text/plain\n\nIkke leveret",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example",
        f"Content-Type: message/rfc822\n\nMessage-ID: <{message_id}>\nSubject: x\n\nHej",
    )
    body = "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"
    return f"MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n{body}".encode()
