"""What is asked, and what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from posthus.jobs import CompanyId, ContactId, ConversationId, MessageId, SourceId, WorkspaceId

Vector = npt.NDArray[np.float32]
Mode = Literal["hybrid", "words", "meaning"]
Why = Literal["words", "meaning", "both"]
Channel = Literal["email", "chat", "form"]
MOST_HITS = 100


class SearchError(Exception):
    """A search cannot be answered as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search in one workspace; what is None does not filter. `since` is included, `until` is not."""

    workspace_id: WorkspaceId
    text: str
    mode: Mode = "hybrid"
    company: CompanyId | None = None
    contact: ContactId | None = None
    source: SourceId | None = None
    channel: Channel | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20

    @property
    def filtered(self) -> bool:
        """Whether anything but the workspace narrows the search."""
        filters = (self.company, self.contact, self.source, self.channel, self.since, self.until)
        return any(value is not None for value in filters)

    def parameters(self) -> dict[str, object]:
        """The filters as the queries name them."""
        return {
            "workspace": self.workspace_id,
            "company": self.company,
            "contact": self.contact,
            "source": self.source,
            "channel": self.channel,
            "since": self.since,
            "until": self.until,
        }


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


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and how they were found.

    `mode` is what was done: "words" when a hybrid search could not be made by meaning; then `plan` says why.
    `not_yet_indexed` counts the newest messages that are findable by words only, up to 500 a source.
    """

    hits: tuple[Hit, ...]
    contacts: tuple[FoundContact, ...]
    companies: tuple[Named, ...]
    mode: Mode
    plan: str
    milliseconds: float
    not_yet_indexed: int
