"""The workspace's tags."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.changes import Deleted
from posthus.api.shapes.conversations import Tag
from posthus.api.shapes.views import TagChange, TagNames, Tags
from posthus.api.shaping import undo_shape
from posthus.api.visits import Reader, Writer
from posthus.conversations import tags

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["tags"])
_TAKEN = "Another tag has this name; use that one, or choose another name."


@router.get("/tags")
def list_tags(visit: Reader) -> Tags:
    """Every tag by name."""
    with visit.reading() as connection:
        found = tags.list_tags(connection, visit.caller.workspace_id)
    return Tags(items=[Tag.model_validate(one, from_attributes=True) for one in found])


@router.post("/tags", response_model=Tag, status_code=201)
def add_tag(visit: Writer, new: TagNames) -> Response:
    """A new tag; 409 where the name is taken."""

    def add(connection: Connection) -> Tag:
        try:
            made = tags.add_tag(connection, visit.caller.workspace_id, new.name.strip(), new.color or "gray")
        except tags.NameTakenError as error:
            raise Refusal(409, _TAKEN) from error
        return Tag.model_validate(made, from_attributes=True)

    return visit.writing(add, 201)


@router.patch("/tags/{id}", response_model=Tag)
def change_tag(visit: Writer, number: Number, change: TagChange) -> Response:
    """Another name or colour, everywhere at once."""

    def apply(connection: Connection) -> Tag:
        name = change.name.strip() if change.name else None
        try:
            changed = tags.change_tag(connection, visit.caller.workspace_id, number, name, change.color)
        except tags.NameTakenError as error:
            raise Refusal(409, _TAKEN) from error
        if changed is None:
            raise not_found("tag")
        return Tag.model_validate(changed, from_attributes=True)

    return visit.writing(apply)


@router.delete("/tags/{id}", response_model=Deleted)
def delete_tag(visit: Writer, number: Number) -> Response:
    """Delete a tag and take it off every conversation."""

    def delete(connection: Connection) -> Deleted:
        undo = tags.delete_tag(connection, visit.doer, number)
        if undo is None:
            raise not_found("tag")
        return Deleted(undo=undo_shape(undo))

    return visit.writing(delete)
