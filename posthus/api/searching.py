"""Finding messages, contacts and companies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from posthus.api.answers import Answered
from posthus.api.conversations import Wanted
from posthus.api.problems import Refusal
from posthus.api.shapes import Channel, SearchAnswer
from posthus.api.visits import Searcher

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["search"])


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which messages are searched; what is left out does not filter. Days without a zone are UTC."""

    source: Wanted = None
    company: Wanted = None
    contact: Wanted = None
    channel: Channel | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, how, and for how many answers."""

    q: Annotated[str, Query(min_length=1, max_length=400)]
    mode: Literal["hybrid", "words", "meaning"] = "hybrid"
    limit: Annotated[int, Query(ge=1, le=100)] = 20


@router.get("/search")
def search(
    visit: Searcher, asking: Annotated[Asking, Depends()], wanted: Annotated[SearchFilter, Depends()]
) -> SearchAnswer:
    """Messages that answer a question, best first, by words and by meaning."""
    raise Refusal(501, "Not there yet.")
