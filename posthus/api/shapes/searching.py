"""A search's answer."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from posthus.api.shapes.conversations import ContactSummary, Correspondent
from posthus.api.shapes.shape import Channel, Named, Shape


class Highlight(Shape):
    """Characters of `snippet` that matched a word."""

    start: int
    end: int


class Hit(Shape):
    """One message that answers a search, best first."""

    message_id: UUID
    conversation_id: int
    subject: str
    sender: Correspondent
    sent_at: datetime
    channel: Channel
    contact: ContactSummary | None
    company: Named | None
    source: Named
    snippet: str
    highlights: list[Highlight]
    score: float
    why: Literal["words", "meaning", "both"]


class SearchAnswer(Shape):
    """Hits with how they were found; `not_yet_indexed` messages are findable by words only."""

    items: list[Hit]
    contacts: list[ContactSummary]
    companies: list[Named]
    mode: Literal["hybrid", "words", "meaning"]
    plan: str
    milliseconds: float
    not_yet_indexed: int
