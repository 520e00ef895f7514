"""A conversation's timeline, and who looks at it now."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.notes import note_shape
from posthus.api.pages import make_cursor, read_triple
from posthus.api.problems import Refusal
from posthus.api.shapes.changes import UndoOffer
from posthus.api.shapes.conversations import Message, Tag
from posthus.api.shapes.notes import (
    Activity,
    ActivityItem,
    ConversationState,
    Looking,
    MessageItem,
    NoteItem,
    Presence,
    Present,
    Timeline,
)
from posthus.api.shapes.shape import Named
from posthus.api.shaping import there
from posthus.api.visits import Reader, Visit
from posthus.conversations import listing, notes, presence, timeline
from posthus.conversations.doer import member_of
from posthus.conversations.timeline import Happening, Names, Place, Reach
from posthus.jobs import ConversationId

router = APIRouter(prefix="/api/v1/conversations", route_class=Answered, tags=["conversations"])
From = Annotated[
    Literal["start", "end"],
    Query(alias="from", description="the first page, or the last one (then backwards)"),
]
_FIELDS = {"assignee_id": "assignee", "tag_ids": "tags", "board_column_id": "board_column"}


@router.get("/{id}/timeline")
def read_timeline(visit: Reader, number: Number, paging: Paged, begin: From = "start") -> Timeline:
    """Messages, notes and what people did, oldest first; `previous_cursor` with from=end leads further back."""
    name, backwards = f"timeline/{number}", begin == "end"
    after = _place(name, paging.cursor)
    workspace_id = visit.caller.workspace_id
    with visit.reading() as connection:
        current = listing.current_number(connection, workspace_id, ConversationId(number))
        there(listing.conversation(connection, workspace_id, current))
        found = timeline.timeline(
            connection, workspace_id, current, Reach(paging.limit + 1, after, backwards)
        )
        shown = found[: paging.limit]
        names = timeline.names_of(connection, workspace_id, shown)
    more = None
    if len(found) > paging.limit:
        more = make_cursor(name, (shown[-1].place.at, shown[-1].place.kind, shown[-1].place.key))
    items = [_item(visit, one, names) for one in shown]
    if backwards:
        return Timeline(items=items[::-1], next_cursor=None, previous_cursor=more)
    return Timeline(items=items, next_cursor=more, previous_cursor=None)


@router.get("/{id}/presence")
def read_presence(visit: Reader, number: Number) -> Presence:
    """Who else looks at the conversation."""
    with visit.reading() as connection:
        current = listing.current_number(connection, visit.caller.workspace_id, ConversationId(number))
        return _presence(presence.others(connection, visit.doer, current))


@router.put("/{id}/presence", response_model=Presence)
def come(visit: Reader, number: Number, looking: Looking) -> Response:
    """The caller looks at the conversation; forgotten 45 seconds after the last time this was said."""
    if visit.caller.member_id is None:
        raise Refusal(403, "An API key looks at nothing; sign in.")

    def apply(connection: Connection) -> Presence:
        current = listing.current_number(connection, visit.caller.workspace_id, ConversationId(number))
        there(listing.conversation(connection, visit.caller.workspace_id, current))
        return _presence(presence.come(connection, visit.doer, current, looking.state))

    return visit.writing(apply)


@router.delete("/{id}/presence", status_code=204, response_class=Response)
def leave(visit: Reader, number: Number) -> Response:
    """The caller looks elsewhere."""

    def apply(connection: Connection) -> None:
        current = listing.current_number(connection, visit.caller.workspace_id, ConversationId(number))
        presence.leave(connection, visit.doer, current)

    return visit.writing(apply, 204)


def _place(name: str, cursor: str) -> Place | None:
    place = read_triple(name, cursor)
    return None if place is None else Place(*place)


def _presence(found: list[presence.Present]) -> Presence:
    return Presence(
        items=[
            Present(member=Named(id=one.id, name=one.name), state=one.state, since=one.since) for one in found
        ]
    )


def _item(visit: Visit, happened: Happening, names: Names) -> MessageItem | NoteItem | ActivityItem:
    at, what = happened.place.at, happened.what
    if isinstance(what, notes.Note):
        return NoteItem(at=at, note=note_shape(visit, what))
    if isinstance(what, timeline.Activity):
        return ActivityItem(at=at, activity=_activity(what, names))
    return MessageItem(at=at, message=Message.model_validate(what, from_attributes=True))


def _activity(what: timeline.Activity, names: Names) -> Activity:
    actor_id = member_of(what.actor)
    undo = None
    if what.undo_id is not None and what.undo_until is not None:
        undo = UndoOffer(id=what.undo_id, until=what.undo_until)
    return Activity.model_validate(
        {
            "id": what.id,
            "at": what.at,
            "actor": Named(id=actor_id, name=what.actor_name or "") if actor_id else None,
            "action": what.action,
            "changed": sorted(_FIELDS.get(field, field) for field in what.after if field != "board_rank"),
            "before": _state(what.before, names),
            "after": _state(what.after, names),
            "undo": undo,
        }
    )


def _state(kept: Mapping[str, object], names: Names) -> ConversationState:
    said: dict[str, object] = {
        field: kept[field] for field in ("status", "unread", "held", "conversations") if field in kept
    }
    until = kept.get("snoozed_until")
    if until:
        said["snoozed_until"] = datetime.fromisoformat(str(until)).replace(tzinfo=UTC)
    for field, called in (("assignee_id", names.members), ("board_column_id", names.columns)):
        found = called.get(_number(kept.get(field)))
        if found is not None:
            said[_FIELDS[field]] = Named(id=found.id, name=found.name)
    tags = kept.get("tag_ids")
    if isinstance(tags, list):
        shown = [names.tags[_number(one)] for one in tags if _number(one) in names.tags]
        said["tags"] = [Tag.model_validate(one, from_attributes=True) for one in shown]
    return ConversationState.model_validate(said)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
