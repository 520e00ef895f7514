"""Changing many conversations, errands and how far they are, and taking things back."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.filtering import as_json, definite, view_filter, viewer_of
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.changes import Errand, Undone
from posthus.api.shapes.shape import Page
from posthus.api.shapes.views import Bulk
from posthus.api.shaping import change_of, errand_shape, refused
from posthus.api.visits import Reader, Visit, Writer
from posthus.conversations import bulk, errands, undoing

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["changes"])


@router.post("/bulk", response_model=Errand)
def change_many(visit: Writer, asked: Bulk) -> Response:
    """Change many conversations: few at once, many by an errand. Either way it can be taken back as one."""
    change = change_of(asked.change)

    def apply(connection: Connection) -> Errand:
        with refused():
            if asked.selection.ids is not None:
                return errand_shape(bulk.change_numbers(connection, visit.doer, asked.selection.ids, change))
            chosen = bulk.ByFilter(
                _filter(visit, connection, asked), viewer_of(visit), tuple(asked.selection.except_ or ())
            )
            return errand_shape(bulk.change_matching(connection, visit.doer, chosen, change))

    return visit.writing(apply)


@router.get("/errands")
def list_errands(visit: Reader, paging: Paged) -> Page[Errand]:
    """The caller's errands and everybody's unfinished ones, newest first."""
    before = read_cursor("errands", paging.cursor, int)
    with visit.reading() as connection:
        found = errands.list_errands(connection, visit.doer, before, paging.limit + 1)
    items = [errand_shape(one) for one in found[: paging.limit]]
    more = make_cursor("errands", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.get("/errands/{id}")
def read_errand(visit: Reader, number: Number) -> Errand:
    """How far an errand is."""
    with visit.reading() as connection:
        return _errand(visit, connection, number)


@router.delete("/errands/{id}", response_model=Errand)
def stop_errand(visit: Writer, number: Number) -> Response:
    """Stop an errand; what it has done stays, and can be taken back."""

    def stop(connection: Connection) -> Errand:
        errands.cancel_errand(connection, visit.caller.workspace_id, number)
        return _errand(visit, connection, number)

    return visit.writing(stop)


@router.post("/undo/{id}", response_model=Undone)
def take_back(visit: Writer, number: Number) -> Response:
    """Take back what an undo offer is about; what somebody has changed since stays as they made it."""

    def apply(connection: Connection) -> Undone:
        try:
            done = undoing.undo(connection, visit.doer, number, undoing.KINDS)
        except undoing.UnknownUndoError as error:
            raise not_found("undo offer") from error
        except undoing.UsedUndoError as error:
            raise Refusal(409, "This has been taken back already.") from error
        except undoing.TooLateError as error:
            raise Refusal(410, "It is too late to take this back.") from error
        return Undone(
            id=number,
            state="done" if done.errand is None else "running",
            restored=done.restored,
            kept=done.kept,
            errand=errand_shape(done.errand) if done.errand else None,
        )

    return visit.writing(apply)


def _errand(visit: Visit, connection: Connection, number: int) -> Errand:
    found = errands.find_errand(connection, visit.caller.workspace_id, number)
    if found is None:
        raise not_found("errand")
    return errand_shape(found)


def _filter(visit: Visit, connection: Connection, asked: Bulk) -> dict[str, object]:
    chosen = asked.selection
    parts = [as_json(chosen.filter)] if chosen.filter is not None else []
    if chosen.view is not None:
        parts.append(view_filter(visit, connection, chosen.view))
    if not parts:
        raise Refusal(422, "Select conversations by ids, by a view or by a filter.")
    wanted: dict[str, object] = {"all": parts}
    definite(visit, wanted)
    return wanted
