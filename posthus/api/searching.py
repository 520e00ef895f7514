"""Finding messages, contacts and companies; conversations about the same; and why a search found what it did."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import Connection
from starlette.concurrency import run_in_threadpool

from posthus.api.answers import Answered
from posthus.api.filtering import Wanted
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.conversations import ContactSummary, Correspondent
from posthus.api.shapes.searching import (
    Alike,
    Chip,
    Explanation,
    Highlight,
    Hit,
    SearchAnswer,
    SimilarAnswer,
    SimilarConversation,
)
from posthus.api.shapes.shape import Channel, Named, Status
from posthus.api.visits import Reader, Searcher, Visit
from posthus.jobs import CompanyId, ContactId, ConversationId, SourceId
from posthus.search.calling_off import CalledOffError, CallOff
from posthus.search.explaining import explain
from posthus.search.remembered import Level
from posthus.search.request import Hit as FoundHit
from posthus.search.request import SearchError, SearchRequest, SearchResult
from posthus.search.reranking import reranked, widened
from posthus.search.similar import similar as similar_ones
from posthus.search.still import standing_still

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["search"])
Number = Annotated[int, Path(alias="id", ge=1, le=2**62)]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which messages are searched; what is left out does not filter. Days without a zone are UTC."""

    source: Wanted = None
    company: Wanted = None
    contact: Wanted = None
    channel: Channel | None = None
    since: datetime | None = None
    until: datetime | None = None
    files: bool | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, how, and for how many answers."""

    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=400,
            description='Words, "phrases", -words that must not be there, and filters such as from:lone, company:"Øst A/S",'
            " has:file, after:2026-01, is:open, subject:tilbud; in Danish fra:, firma:, har:fil, efter:, er:åben, emne:.",
        ),
    ]
    mode: Literal["hybrid", "words", "meaning"] = "hybrid"
    limit: Annotated[int, Query(ge=1, le=100)] = 20


AskedFor = Annotated[Asking, Depends()]
Narrowed = Annotated[SearchFilter, Depends()]


@router.get("/search")
async def search(request: Request, visit: Searcher, asking: AskedFor, wanted: Narrowed) -> SearchAnswer:
    """Messages that answer a question, best first, by words and by meaning; called off when the caller leaves."""
    asked = _asked(visit, asking, wanted)

    def answer(call_off: CallOff) -> tuple[SearchResult, Level]:
        parts = visit.desk.parts
        with _refusing():
            found, level = visit.desk.searches.search(
                lambda: standing_still(visit.desk.database, visit.caller.identity, call_off),
                widened(parts.reranker, asked),
                parts.meaning(),
                visit.written,
            )
        return reranked(parts.reranker, asked, found), level

    return _answer(*await _unless_gone(request, answer))


@router.get("/search/explain")
async def explain_search(
    request: Request, visit: Searcher, asking: AskedFor, wanted: Narrowed
) -> Explanation:
    """Why a search finds what it does: its words and their weights, each step with its time, and each hit's places."""
    asked = _asked(visit, asking, wanted)

    def answer(call_off: CallOff) -> Explanation:
        with _refusing():
            desk = visit.desk
            found = explain(lambda: _reading(visit, call_off), asked, desk.parts.meaning(), desk.searches)
            return Explanation.model_validate(found, from_attributes=True)

    return await _unless_gone(request, answer)


@router.get("/conversations/{id}/similar")
def list_similar(
    visit: Reader, number: Number, limit: Annotated[int, Query(ge=1, le=20)] = 5
) -> SimilarAnswer:
    """Conversations about the same, the nearest first; never the conversation itself."""
    with visit.reading() as connection:
        found = similar_ones(connection, visit.caller.workspace_id, ConversationId(number), limit)
    if found is None:
        raise not_found("conversation")
    items = [SimilarConversation.model_validate(one, from_attributes=True) for one in found.items]
    return SimilarAnswer(items=items, by=found.by)


def _asked(visit: Visit, asking: Asking, wanted: SearchFilter) -> SearchRequest:
    return SearchRequest(
        workspace_id=visit.caller.workspace_id,
        text=asking.q,
        mode=asking.mode,
        company=CompanyId(wanted.company) if wanted.company else None,
        contact=ContactId(wanted.contact) if wanted.contact else None,
        source=SourceId(wanted.source) if wanted.source else None,
        channel=wanted.channel,
        since=_in_zone(wanted.since),
        until=_in_zone(wanted.until),
        files=wanted.files,
        status=wanted.status,
        limit=asking.limit,
    )


@contextmanager
def _reading(visit: Visit, call_off: CallOff) -> Iterator[Connection]:
    with visit.reading() as connection, call_off.may_end(connection):
        yield connection


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except SearchError as error:
        raise Refusal(422, str(error)) from error
    except CalledOffError as error:
        raise Refusal(499, "The caller has left.") from error


async def _unless_gone(request: Request, work: Callable[[CallOff], Value]) -> Value:
    """Do the work in a thread; when the caller goes away, whatever statement runs then is cancelled."""
    call_off = CallOff()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        await run_in_threadpool(call_off.now)

    watching = asyncio.create_task(watch())
    try:
        return await run_in_threadpool(work, call_off)
    finally:
        watching.cancel()


def _in_zone(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _answer(found: SearchResult, level: Level) -> SearchAnswer:
    return SearchAnswer(
        # What is filed but not linked yet, for a moment, has no conversation to open.
        items=[_shape(hit, hit.conversation_id) for hit in found.hits if hit.conversation_id is not None],
        contacts=[ContactSummary.model_validate(one, from_attributes=True) for one in found.contacts],
        companies=[Named.model_validate(one, from_attributes=True) for one in found.companies],
        words=found.words,
        chips=[Chip.model_validate(one, from_attributes=True) for one in found.chips],
        mode=found.mode,
        plan=found.plan,
        cache=level,
        milliseconds=round(found.milliseconds, 2),
        not_yet_indexed=found.not_yet_indexed,
    )


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
        alike=[
            Alike(
                message_id=one.message_id,
                conversation_id=one.conversation_id,
                sender=one.sender,
                sent_at=one.sent_at,
            )
            for one in hit.alike
            if one.conversation_id is not None
        ],
    )
