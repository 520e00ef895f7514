"""What the sample hands to the real intake."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class MailDelivery:
    """One mail as an SMTP client would deliver it; `raw` is RFC 5322 with CRLF line ends."""

    envelope_from: str
    recipient: str
    raw: bytes
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One POST: `chat` bodies have WotNot's shape, `form` bodies are one flat JSON object."""

    source: Literal["chat", "form"]
    body: bytes
    headers: dict[str, str]
    sent_at: datetime


SampleDelivery = MailDelivery | WebhookDelivery
