"""Finding messages, contacts and companies."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from posthus.api.answers import Answered
from posthus.api.filtering import Wanted
from posthus.api.problems import Refusal
from posthus.api.shapes.conversations import ContactSummary, Correspondent
from posthus.api.shapes.searching import Highlight, Hit, SearchAnswer
from posthus.api.shapes.shape import Channel, Named
from posthus.api.visits import Searcher
from posthus.jobs import CompanyId, ContactId, SourceId
from posthus.search.request import Hit as FoundHit
from posthus.search.request import SearchError, SearchRequest
from posthus.search.search import search as answer

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
    request = SearchRequest(
        workspace_id=visit.caller.workspace_id,
        text=asking.q,
        mode=asking.mode,
        company=CompanyId(wanted.company) if wanted.company else None,
        contact=ContactId(wanted.contact) if wanted.contact else None,
        source=SourceId(wanted.source) if wanted.source else None,
        channel=wanted.channel,
        since=_in_zone(wanted.since),
        until=_in_zone(wanted.until),
        limit=asking.limit,
    )
    try:
        found = answer(visit.reading, request, visit.desk.parts.meaning)
    except SearchError as error:
        raise Refusal(422, str(error)) from error
    return SearchAnswer(
        # What is filed but not linked yet, for a moment, has no conversation to open.
        items=[_shape(hit, hit.conversation_id) for hit in found.hits if hit.conversation_id is not None],
        contacts=[ContactSummary.model_validate(one, from_attributes=True) for one in found.contacts],
        companies=[Named.model_validate(one, from_attributes=True) for one in found.companies],
        mode=found.mode,
        plan=found.plan,
        milliseconds=round(found.milliseconds, 2),
        not_yet_indexed=found.not_yet_indexed,
    )


def _in_zone(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _shape(hit: FoundHit, conversation_id: int) -> Hit:
    return Hit(
        message_id=hit.message_id,
        conversation_id=conversation_id,
        subject=hit.subject,
        sender=Correspondent(name=hit.from_name, address=hit.from_address),
        sent_at=hit.sent_at,
        channel=hit.channel,
        contact=ContactSummary.model_validate(hit.contact, from_attributes=True) if hit.contact else None,
        company=Named.model_validate(hit.company, from_attributes=True) if hit.company else None,
        source=Named.model_validate(hit.source, from_attributes=True),
        snippet=hit.snippet,
        highlights=[Highlight(start=start, end=end) for start, end in hit.highlights],
        score=hit.score,
        why=hit.why,
    )
