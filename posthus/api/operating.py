"""How Posthus is doing, and the jobs that kept failing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.operations import (
    Buried,
    BuriedAttempt,
    BuriedChoice,
    BuriedCount,
    BuriedDetail,
    BuriedEdit,
    ModelChange,
    ModelUse,
    NewReplay,
    Operations,
    Replay,
    VectorIndex,
    VectorModel,
    Vectors,
)
from posthus.api.shapes.shape import Language, Named, Page
from posthus.api.visits import Operator, Reader, Visit
from posthus.embedding.generations import progress
from posthus.embedding.index import index_states, models_in_use
from posthus.embedding.use import used
from posthus.intake.originals import Original, amend, original
from posthus.intake.sources import source_by_id
from posthus.jobs import EventId, SourceId, WorkspaceId
from posthus.queue import buried as queue
from posthus.queue import replays as replaying

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["operations"])
_SHOWN_BYTES = 65_536
_SHOWN_REPLAYS = 10
Spoken = Annotated[
    Language | None,
    Query(description="of the sentence; the member's own or the workspace's unless it is said"),
]


@router.get("/operations")
def read_operations(visit: Reader, language: Spoken = None) -> Operations:
    """Rates, backlog, processes, promises and the bottleneck, now."""
    language = language or visit.caller.language or visit.caller.workspace_language
    # Stages and processes are nobody's rows: they are read as the owner.
    with visit.desk.database.transaction() as connection:
        return visit.desk.parts.operations(connection, visit.caller.workspace_id, language)


@router.get("/operations/vectors")
def read_vectors(visit: Reader) -> Vectors:
    """How search by meaning stands: models and what they cost, indexes, a change of model."""
    workspace_id = visit.caller.workspace_id
    # Models and their use are nobody's rows: they are read as the owner, and the other queries name the workspace.
    with visit.desk.database.transaction() as connection:
        change = progress(connection, workspace_id)
        return Vectors(
            models=[
                VectorModel.model_validate(one, from_attributes=True)
                for one in models_in_use(connection, workspace_id)
            ],
            indexes=[
                VectorIndex.model_validate(one, from_attributes=True)
                for one in index_states(connection, workspace_id)
            ],
            change=None if change is None else ModelChange.model_validate(change, from_attributes=True),
            use=[ModelUse.model_validate(one, from_attributes=True) for one in used(connection)],
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which buried jobs; what is left out does not filter."""

    stage: Annotated[str | None, Query(max_length=50)] = None
    source: Annotated[int | None, Query(ge=1, le=2**62)] = None
    error: Annotated[str | None, Query(max_length=500, description="a part of the error's text")] = None
    since: datetime | None = None


@router.get("/buried")
def list_buried(visit: Reader, wanted: Annotated[Wanted, Depends()], paging: Paged) -> Page[Buried]:
    """Jobs that kept failing, newest first."""
    before = read_cursor("buried", paging.cursor, int)
    which = _filter(wanted.stage, wanted.source, wanted.error, wanted.since)
    with visit.reading() as connection:
        found = queue.buried_list(connection, visit.caller.workspace_id, which, before, paging.limit + 1)
    items = found[: paging.limit]
    more = make_cursor("buried", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=[_shape(one) for one in items], next_cursor=more)


@router.post("/buried/replay", response_model=BuriedCount)
def replay_many(visit: Operator, choice: BuriedChoice) -> Response:
    """Try all these jobs again, behind new work; with `dry_run` only count them."""
    return _decide(visit, choice, "buried_replayed", queue.buried_replay)


@router.post("/buried/drop", response_model=BuriedCount)
def drop_many(visit: Operator, choice: BuriedChoice) -> Response:
    """Give all these jobs up; with `dry_run` only count them. The original events stay."""
    return _decide(visit, choice, "buried_dropped", queue.buried_drop)


def _decide(
    visit: Visit,
    choice: BuriedChoice,
    action: str,
    decision: Callable[[Connection, WorkspaceId, queue.BuriedFilter], int],
) -> Response:
    which = _filter(choice.stage, choice.source_id, choice.error, choice.since)

    def decide(connection: Connection) -> BuriedCount:
        if choice.dry_run:
            return BuriedCount(count=queue.buried_count(connection, visit.caller.workspace_id, which))
        count = decision(connection, visit.caller.workspace_id, which)
        visit.note(connection, action, "buried", {**choice.model_dump(mode="json"), "count": count})
        return BuriedCount(count=count)

    return visit.writing_as_owner(decide)


@router.get("/replays")
def list_replays(visit: Reader) -> list[Replay]:
    """History that was asked to be done again, the newest ten, and how far it is."""
    # The log is nobody's row: it is read as the owner, and the query names the workspace.
    with visit.desk.database.transaction() as connection:
        found = replaying.replays(connection, visit.caller.workspace_id, _SHOWN_REPLAYS)
    return [Replay.model_validate(one, from_attributes=True) for one in found]


@router.post("/replays", response_model=Replay, status_code=202)
def ask_replay(visit: Operator, new: NewReplay) -> Response:
    """Have a stage do history again, behind new work; numbers and links stay as they are."""

    def ask(connection: Connection) -> Replay:
        workspace_id = visit.caller.workspace_id
        source_id = None if new.source_id is None else SourceId(new.source_id)
        if source_id is not None and source_by_id(connection, workspace_id, source_id) is None:
            raise not_found("source")
        scope = replaying.Scope(workspace_id, source_id, new.since)
        number = replaying.ask_replay(connection, scope, new.stage, visit.caller.actor)
        visit.note(connection, "replay_asked", f"replay:{number}", new.model_dump(mode="json"))
        (asked,) = replaying.replays(connection, workspace_id, 1, number)
        return Replay.model_validate(asked, from_attributes=True)

    return visit.writing_as_owner(ask, 202)


@router.get("/buried/{id}")
def read_buried(visit: Operator, number: Number) -> BuriedDetail:
    """One such job, with the payload it carries."""
    with visit.reading() as connection:
        one = _known(visit, connection, number)
        event = _event(visit, connection, one)
    payload = event.body if event else b""
    return BuriedDetail(
        **dict(_shape(one)),
        history=[BuriedAttempt.model_validate(each, from_attributes=True) for each in one.history],
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
        if not queue.buried_drop(connection, visit.caller.workspace_id, queue.BuriedFilter(id=number)):
            raise not_found("buried job")
        visit.note(connection, "buried_dropped", f"buried:{number}", {})

    return visit.writing_as_owner(drop, 204)


def _filter(
    stage: str | None, source: int | None, error: str | None, since: datetime | None
) -> queue.BuriedFilter:
    moment = since.replace(tzinfo=UTC) if since and since.tzinfo is None else since
    source_id = None if source is None else SourceId(source)
    return queue.BuriedFilter(stage=stage or None, source_id=source_id, error=error or None, since=moment)


def _known(visit: Visit, connection: Connection, number: int) -> queue.Buried:
    found = queue.buried_get(connection, visit.caller.workspace_id, number)
    if found is None:
        raise not_found("buried job")
    return found


def _event(visit: Visit, connection: Connection, one: queue.Buried) -> Original | None:
    if one.event_id is None:
        return None
    objects = visit.desk.parts.objects
    return original(connection, visit.caller.workspace_id, EventId(one.event_id), objects)


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
