"""Saved views and what they count."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.counting import COUNTED, count
from posthus.api.filtering import as_json, definite, visible_views
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.changes import Deleted
from posthus.api.shapes.shape import Named
from posthus.api.shapes.views import (
    Count,
    Counting,
    NewView,
    View,
    ViewChange,
    ViewCount,
    ViewCounts,
    Views,
)
from posthus.api.shaping import undo_shape
from posthus.api.visits import Reader, Visit, Writer
from posthus.conversations import views

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["views"])
COUNTED_ONCE = 10_000


@router.get("/views")
def list_saved_views(visit: Reader) -> Views:
    """The views that everybody sees, and the caller's own."""
    with visit.reading() as connection:
        return _views(visit, connection)


@router.get("/views/counts")
def count_views(visit: Reader) -> ViewCounts:
    """How many conversations each view has, those that are always there first."""
    with visit.reading() as connection:
        saved = visible_views(visit, connection)
    wanted: list[tuple[str, object]] = [
        (key, value) for key, value in views.ALWAYS.items() if key != "mine" or visit.caller.member_id
    ]
    wanted += [
        (str(view.id), view.filter)
        for view in saved
        if visit.caller.member_id or "me" not in str(view.filter)
    ]
    items = []
    for key, value in wanted:
        found = count(visit, definite(visit, value), COUNTED)
        items.append(
            ViewCount(
                view=key,
                count=found.count,
                at_least=found.count >= COUNTED,
                unread=found.unread,
                unread_at_least=found.unread >= COUNTED,
            )
        )
    return ViewCounts(items=items)


@router.post("/views/count")
def count_filter(visit: Reader, asked: Counting) -> Count:
    """How many conversations a filter lets through."""
    found = count(visit, definite(visit, as_json(asked.filter)), COUNTED_ONCE)
    return Count(count=found.count, at_least=found.count >= COUNTED_ONCE)


@router.post("/views", response_model=View, status_code=201)
def add_view(visit: Writer, new: NewView) -> Response:
    """Save a filter under a name."""
    member_id = visit.caller.member_id
    if member_id is None:
        raise Refusal(403, "A view belongs to a person: sign in to save one.")
    kept = as_json(new.filter)
    definite(visit, kept)

    def add(connection: Connection) -> View:
        wanted = views.ViewChange(new.name, kept, new.shared, new.color)
        return _view(
            visit, connection, views.add_view(connection, visit.caller.workspace_id, member_id, wanted)
        )

    return visit.writing(add, 201)


@router.patch("/views/{id}", response_model=View)
def change_view(visit: Writer, number: Number, change: ViewChange) -> Response:
    """Change a view's name, filter, colour, place, or who sees it."""
    kept = None if change.filter is None else as_json(change.filter)
    if kept is not None:
        definite(visit, kept)

    def apply(connection: Connection) -> View:
        _editable(visit, connection, number)
        workspace_id = visit.caller.workspace_id
        wanted = views.ViewChange(change.name, kept, change.shared, change.color)
        views.change_view(connection, workspace_id, number, wanted)
        if change.position is not None:
            views.move_view(connection, workspace_id, visit.caller.member_id, number, change.position)
        return _view(visit, connection, number)

    return visit.writing(apply)


@router.delete("/views/{id}", response_model=Deleted)
def delete_view(visit: Writer, number: Number) -> Response:
    """Delete a view; its conversations stay."""

    def delete(connection: Connection) -> Deleted:
        _editable(visit, connection, number)
        return Deleted(undo=undo_shape(views.delete_view(connection, visit.doer, number)))

    return visit.writing(delete)


def _editable(visit: Visit, connection: Connection, number: int) -> None:
    if not _view(visit, connection, number).editable:
        raise Refusal(
            403, "This view is somebody else's; save one of your own, or ask its owner or a manager."
        )


def _view(visit: Visit, connection: Connection, number: int) -> View:
    for view in _views(visit, connection).items:
        if view.id == number:
            return view
    raise not_found("view")


def _views(visit: Visit, connection: Connection) -> Views:
    caller = visit.caller
    return Views(
        items=[
            View.model_validate(
                {
                    "id": view.id,
                    "name": view.name,
                    "filter": view.filter,
                    "shared": view.shared,
                    "color": view.color,
                    "owner": Named(id=view.owner_id, name=view.owner_name),
                    "position": index,
                    "editable": view.owner_id == caller.member_id or "operate" in caller.rights,
                }
            )
            for index, view in enumerate(visible_views(visit, connection))
        ]
    )
