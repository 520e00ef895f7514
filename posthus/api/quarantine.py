"""Deliveries that proved nothing and wait for a person: looked at, let in, dropped."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Paged
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import not_found
from posthus.api.shapes.shape import Named, Page
from posthus.api.shapes.sources import Decided, Decision, KeptAside, KeptAsideDetail
from posthus.api.visits import Reader, SourceKeeper, Visit
from posthus.intake import quarantine
from posthus.jobs import EventId, SourceId
from posthus.originals.packing import unpack

router = APIRouter(prefix="/api/v1/quarantine", route_class=Answered, tags=["sources"])
_SHOWN_BYTES = 65_536
OfSource = Annotated[int | None, Query(description="only what this source was sent")]


@router.get("")
def list_kept_aside(visit: Reader, paging: Paged, source: OfSource = None) -> Page[KeptAside]:
    """What waits, the newest first."""
    before = read_cursor("quarantine", paging.cursor, UUID)
    chosen = quarantine.Chosen(visit.caller.workspace_id, None, SourceId(source) if source else None)
    with visit.reading() as connection:
        found = quarantine.kept_aside(
            connection, chosen, paging.limit + 1, EventId(before) if before else None
        )
    items = found[: paging.limit]
    more = make_cursor("quarantine", [items[-1].event_id]) if len(found) > paging.limit else None
    return Page(items=[_shape(one) for one in items], next_cursor=more)


@router.get("/{event_id}")
def read_kept_aside(visit: SourceKeeper, event_id: UUID) -> KeptAsideDetail:
    """One of them, as it came."""
    chosen = quarantine.Chosen(visit.caller.workspace_id, [EventId(event_id)])
    with visit.reading() as connection:
        original = quarantine.original_of(connection, visit.caller.workspace_id, EventId(event_id))
        found = quarantine.kept_aside(connection, chosen, 1)
    if original is None or not found:
        raise not_found("delivery")
    body = unpack(original.codec, bytes(original.body))
    return KeptAsideDetail(
        **dict(_shape(found[0])),
        headers={name: str(value) for name, value in original.headers.items()},
        payload=body[:_SHOWN_BYTES].decode("utf-8", "replace"),
        payload_cut=len(body) > _SHOWN_BYTES,
    )


@router.post("/release", response_model=Decided)
def release(visit: SourceKeeper, decision: Decision) -> Response:
    """Believe them: they are filed as if they had been signed. At most 500 at once."""
    chosen = _chosen(visit, decision)

    def work(connection: Connection) -> Decided:
        decided = quarantine.release(connection, chosen)
        _note(visit, connection, "quarantine_released", (decision, decided))
        return Decided(taken=decided.taken, duplicates=decided.duplicates, more=decided.more)

    # Filing is queued by the owner: the queue is no member's to write.
    return visit.writing_as_owner(work)


@router.post("/drop", response_model=Decided)
def drop(visit: SourceKeeper, decision: Decision) -> Response:
    """Delete them for good. At most 500 at once."""
    chosen = _chosen(visit, decision)

    def work(connection: Connection) -> Decided:
        decided = quarantine.drop(connection, chosen)
        _note(visit, connection, "quarantine_dropped", (decision, decided))
        return Decided(taken=decided.taken, duplicates=0, more=decided.more)

    return visit.writing_as_owner(work)


def _chosen(visit: Visit, decision: Decision) -> quarantine.Chosen:
    ids = None if decision.event_ids is None else [EventId(one) for one in decision.event_ids]
    source_id = None if decision.source_id is None else SourceId(decision.source_id)
    return quarantine.Chosen(visit.caller.workspace_id, ids, source_id)


def _note(
    visit: Visit, connection: Connection, action: str, what: tuple[Decision, quarantine.Decided]
) -> None:
    decision, decided = what
    subject = f"source:{decision.source_id}" if decision.source_id is not None else "quarantine"
    ids = [str(one) for one in decision.event_ids or ()][:20]
    visit.note(connection, action, subject, {"events": decided.taken, "event_ids": ids})


def _shape(one: quarantine.KeptAside) -> KeptAside:
    return KeptAside(
        event_id=one.event_id,
        source=Named(id=one.source_id, name=one.source),
        provider=one.provider,
        reason=one.reason,
        detail=one.detail,
        size=one.size,
        at=one.at,
    )
