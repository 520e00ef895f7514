"""How Posthus is doing, and the jobs that kept failing."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.operations import Buried, BuriedDetail, BuriedEdit, Operations
from posthus.api.shapes.shape import Named, Page
from posthus.api.visits import Operator, Reader, Visit
from posthus.intake.originals import Original, amend, original
from posthus.jobs import EventId
from posthus.queue import reading as queue

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["operations"])
_SHOWN_BYTES = 65_536


@router.get("/operations")
def read_operations(visit: Reader) -> Operations:
    """Rates, backlog, processes, promises and the bottleneck, now."""
    language = visit.caller.language or visit.caller.workspace_language
    # Stages and processes are nobody's rows: they are read as the owner.
    with visit.desk.database.transaction() as connection:
        return visit.desk.parts.operations(connection, visit.caller.workspace_id, language)


@router.get("/buried")
def list_buried(visit: Reader, paging: Paged) -> Page[Buried]:
    """Jobs that kept failing, newest first."""
    before = read_cursor("buried", paging.cursor, int)
    with visit.reading() as connection:
        found = queue.buried_list(
            connection, visit.caller.workspace_id, queue.BuriedFilter(), before, paging.limit + 1
        )
    items = found[: paging.limit]
    more = make_cursor("buried", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=[_shape(one) for one in items], next_cursor=more)


@router.get("/buried/{id}")
def read_buried(visit: Operator, number: Number) -> BuriedDetail:
    """One such job, with the payload it carries."""
    with visit.reading() as connection:
        one = _known(visit, connection, number)
        event = _event(visit, connection, one)
    payload = event.body if event else b""
    return BuriedDetail(
        **dict(_shape(one)),
        headers={name: str(value) for name, value in event.headers.items()} if event else {},
        payload=payload[:_SHOWN_BYTES].decode("utf-8", "replace"),
        payload_cut=len(payload) > _SHOWN_BYTES,
    )


@router.post("/buried/{id}/replay", status_code=204)
def replay_buried(visit: Operator, number: Number) -> Response:
    """Try the job again."""

    def replay(connection: Connection) -> None:
        _known(visit, connection, number)
        queue.buried_replay(connection, visit.caller.workspace_id, queue.BuriedFilter(id=number))
        visit.note(connection, "buried_replayed", f"buried:{number}", {})

    # The queue's tables are the owner's alone; every statement names the workspace.
    return visit.writing_as_owner(replay, 204)


@router.put("/buried/{id}", status_code=204)
def edit_buried(visit: Operator, number: Number, edit: BuriedEdit) -> Response:
    """Correct the payload and try again; the original is kept."""

    def correct(connection: Connection) -> None:
        one = _known(visit, connection, number)
        if one.event_id is None:
            raise Refusal(409, "This job carries no payload of its own; replay it instead.")
        body = edit.payload.encode("utf-8", "replace")
        amend(connection, visit.caller.workspace_id, EventId(one.event_id), body)
        queue.buried_replay(connection, visit.caller.workspace_id, queue.BuriedFilter(id=number))
        visit.note(connection, "buried_edited", f"buried:{number}", {"event": str(one.event_id)})

    return visit.writing_as_owner(correct, 204)


@router.delete("/buried/{id}", status_code=204)
def drop_buried(visit: Operator, number: Number) -> Response:
    """Give the job up; the original event stays."""

    def drop(connection: Connection) -> None:
        if not queue.buried_drop(connection, visit.caller.workspace_id, number):
            raise not_found("buried job")
        visit.note(connection, "buried_dropped", f"buried:{number}", {})

    return visit.writing_as_owner(drop, 204)


def _known(visit: Visit, connection: Connection, number: int) -> queue.Buried:
    found = queue.buried_get(connection, visit.caller.workspace_id, number)
    if found is None:
        raise not_found("buried job")
    return found


def _event(visit: Visit, connection: Connection, one: queue.Buried) -> Original | None:
    if one.event_id is None:
        return None
    return original(connection, visit.caller.workspace_id, EventId(one.event_id))


def _shape(one: queue.Buried) -> Buried:
    return Buried(
        id=one.id,
        stage=one.stage,
        source=Named(id=one.source_id, name=one.source_name or ""),
        error=one.error,
        attempts=one.attempts,
        buried_at=one.buried_at,
        event_id=one.event_id,
    )
