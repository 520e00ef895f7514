"""From what a request says to the conversations it means: views, filters and the simple parameters."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query
from psycopg import Connection
from pydantic import TypeAdapter, ValidationError

from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.filters import Filter as FilterShape
from posthus.api.shapes.shape import Channel
from posthus.api.visits import Visit
from posthus.conversations.filters import Filter, FilterError, Viewer, read_filter
from posthus.conversations.views import ALWAYS, View, list_views

Json = dict[str, object]
Wanted = Annotated[int | None, Query(ge=1, le=2**62)]
_SHAPES: TypeAdapter[FilterShape] = TypeAdapter(FilterShape)
_VIEW = "a view: inbox, mine, unassigned, unread, snoozed, closed, all, or the number of a saved one"


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Which conversations: all that the view, the filter and the simple parameters let through together."""

    view: Annotated[str | None, Query(max_length=40, description=_VIEW)] = None
    filter: Annotated[str | None, Query(max_length=8000, description="a Filter as JSON")] = None
    status: Literal["open", "closed", "all"] = "all"
    unread: bool | None = None
    assignee: Annotated[str | None, Query(pattern="^(me|none|[0-9]{1,18})$")] = None
    source: Wanted = None
    contact: Wanted = None
    company: Wanted = None
    channel: Channel | None = None

    def simple(self) -> list[Json]:
        """The simple parameters as conditions."""
        given: list[tuple[str, object]] = [
            ("status", None if self.status == "all" else self.status),
            ("unread", self.unread),
            ("source", self.source),
            ("contact", self.contact),
            ("company", self.company),
            ("channel", self.channel),
        ]
        conditions: list[Json] = [{"field": name, "is": value} for name, value in given if value is not None]
        if self.assignee is not None:
            one = {"me": "me", "none": None}.get(self.assignee, self.assignee)
            conditions.append({"field": "assignee", "is": int(one) if one not in {"me", None} else one})
        return conditions


Filtered = Annotated[ConversationFilter, Depends()]


def viewer_of(visit: Visit) -> Viewer:
    """For whom filters are made definite."""
    return Viewer(visit.caller.member_id, visit.caller.workspace_time_zone)


def wanted_of(visit: Visit, connection: Connection, asked: ConversationFilter) -> Filter:
    """The definite filter of a request; 404 for an unknown view, 422 for a filter that is none."""
    parts = asked.simple()
    if asked.view is not None:
        parts.append(view_filter(visit, connection, asked.view))
    if asked.filter is not None:
        parts.append(_parsed(asked.filter))
    return definite(visit, parts[0] if len(parts) == 1 else {"all": parts})


def definite(visit: Visit, filter_json: object) -> Filter:
    """Check a filter and make it definite for the caller; 422 says what is wrong."""
    try:
        return read_filter(filter_json, viewer_of(visit))
    except FilterError as error:
        raise Refusal(422, f"The filter: {error}.") from error


def as_json(filter_shape: FilterShape) -> Json:
    """A filter's JSON from its shape."""
    return filter_shape.model_dump(by_alias=True, mode="json")


def view_filter(visit: Visit, connection: Connection, key: str) -> Json:
    """The filter of a view by its word or number."""
    if key in ALWAYS:
        return dict(ALWAYS[key])
    found = [view.filter for view in visible_views(visit, connection) if str(view.id) == key]
    if not found:
        raise not_found("view")
    return found[0]


def visible_views(visit: Visit, connection: Connection) -> list[View]:
    """The saved views that the caller sees."""
    return list_views(connection, visit.caller.workspace_id, visit.caller.member_id)


def _parsed(text: str) -> Json:
    try:
        return as_json(_SHAPES.validate_json(text))
    except ValidationError as error:
        raise Refusal(
            422, "The filter is not one that Posthus knows; see Filter in /api/v1/openapi.json."
        ) from error
