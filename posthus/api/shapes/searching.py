"""A search's answer."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from posthus.api.shapes.conversations import ContactSummary, Correspondent
from posthus.api.shapes.shape import Channel, Named, Shape, Status


class Highlight(Shape):
    """Characters of `snippet` that matched a word."""

    start: int
    end: int


class Alike(Shape):
    """A message that says nearly the same as the hit that stands for it."""

    message_id: UUID
    conversation_id: int
    sender: str
    sent_at: datetime


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
    alike: list[Alike]


class Chip(Shape):
    """A filter in the query's text. A field that is known but names nothing leaves no hits; `without` is the query once it is taken off."""

    field: Literal[
        "from",
        "to",
        "company",
        "contact",
        "source",
        "subject",
        "has",
        "is",
        "before",
        "after",
        "tag",
        "channel",
    ]
    value: str
    negated: bool
    known: bool
    without: str


class SearchAnswer(Shape):
    """Hits with how they were found; `words` is the query without the filters in its text, `not_yet_indexed` messages are findable by words only."""

    items: list[Hit]
    contacts: list[ContactSummary]
    companies: list[Named]
    words: str
    chips: list[Chip]
    mode: Literal["hybrid", "words", "meaning"]
    plan: str
    cache: Literal["new", "kept", "updated"]
    milliseconds: float
    not_yet_indexed: int


class SimilarConversation(Shape):
    """A conversation about the same, with the passage that is nearest; `likeness` is 0 to 1."""

    conversation_id: int
    message_id: UUID
    subject: str
    snippet: str
    status: Status
    last_message_at: datetime
    contact: ContactSummary | None
    company: Named | None
    likeness: float


class SimilarAnswer(Shape):
    """Conversations about the same, the nearest first; `by` says how they were found, "nothing" while nothing is known of its text."""

    items: list[SimilarConversation]
    by: Literal["meaning", "words", "nothing"]


class WordUse(Shape):
    """A word of the query: the forms it is looked for in, in how many messages it is (to 2,000), and its weight."""

    said: str
    forms: list[str]
    messages: int
    weight: float
    meant: bool
    common: bool


class Ranking(Shape):
    """One ranking: what it weighs in the end, and how many messages it ranked."""

    name: str
    weight: float
    candidates: int


class Step(Shape):
    """One step with its milliseconds, and how much it found where it looks for something."""

    name: str
    milliseconds: float
    found: int | None


class Reason(Shape):
    """A hit with its place in each ranking (from 1), its likeness by meaning, and which of the words it has."""

    message_id: UUID
    subject: str
    score: float
    places: dict[str, int]
    likeness: float | None
    words: list[str]


class SearchMemory(Shape):
    """Answers of this server by how they were given, and the seconds that remembering saved."""

    new: int
    kept: int
    updated: int
    seconds_saved: float


class Explanation(Shape):
    """Why a search finds what it does; `cache` is how the plain search would be answered now, `way` how vectors were compared, if any."""

    asked: str
    words: list[WordUse]
    rankings: list[Ranking]
    plan: str
    way: Literal["nothing", "everything", "matching", "signs", "people", "index"] | None
    steps: list[Step]
    milliseconds: float
    cache: Literal["new", "kept", "updated"]
    memory: SearchMemory
    hits: list[Reason]
