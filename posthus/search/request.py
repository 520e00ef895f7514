"""What is asked, and what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from posthus.jobs import CompanyId, ContactId, ConversationId, MessageId, SourceId, WorkspaceId
from posthus.search.language import Field

Vector = npt.NDArray[np.float32]
Mode = Literal["hybrid", "words", "meaning"]
Why = Literal["words", "meaning", "both"]
Channel = Literal["email", "chat", "form"]
Status = Literal["open", "closed"]
MOST_HITS = 100


class SearchError(Exception):
    """A search cannot be answered as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search in one workspace; what is None does not filter. `since` is included, `until` is not.

    `text` may hold filters of its own, see `language.parse`; they narrow further.
    """

    workspace_id: WorkspaceId
    text: str
    mode: Mode = "hybrid"
    company: CompanyId | None = None
    contact: ContactId | None = None
    source: SourceId | None = None
    channel: Channel | None = None
    since: datetime | None = None
    until: datetime | None = None
    files: bool | None = None
    status: Status | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Meaning:
    """A model to search with: its full name, and how it turns a question into a float32 [384] of length 1.

    `encode` may raise anything: the search then answers by words and says so.
    """

    model: str
    encode: Callable[[str], Vector]


@dataclass(frozen=True, slots=True)
class Named:
    """A number and a name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact with its best name and one address."""

    id: ContactId
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A message that says nearly the same as the hit that stands for it."""

    message_id: MessageId
    conversation_id: ConversationId | None
    sender: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that answers; `highlights` are (start, end) in characters of `snippet`.

    `conversation_id` is None for the moment between filing and linking.
    """

    message_id: MessageId
    conversation_id: ConversationId | None
    external_id: str | None
    subject: str
    from_name: str
    from_address: str
    sent_at: datetime
    channel: Channel
    contact: FoundContact | None
    company: Named | None
    source: Named
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    score: float
    why: Why
    alike: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that stands in the query's text; `known` when it was understood and names something.

    One that was understood and names nothing leaves no hits; one that was not understood narrows nothing.
    `without` is the query once it is taken off.
    """

    field: Field
    value: str
    negated: bool
    known: bool
    without: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and how they were found.

    `mode` is what was done: "words" when a hybrid search could not be made by meaning; then `plan` says why.
    `not_yet_indexed` counts the newest messages that are findable by words only, up to 100 a source.
    """

    hits: tuple[Hit, ...]
    contacts: tuple[FoundContact, ...]
    companies: tuple[Named, ...]
    chips: tuple[Chip, ...]
    mode: Mode
    plan: str
    milliseconds: float
    not_yet_indexed: int
