"""Saved views: filters with a name, shared with everybody or a member's own; and those that are always there."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.conversations.doer import Doer
from posthus.conversations.offers import UndoOffer, offer
from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "views.sql")
_AWAKE: tuple[dict[str, object], ...] = ({"field": "status", "is": "open"}, {"field": "snoozed", "is": False})

# The tabs that every inbox has, as filters like any other.
ALWAYS: Mapping[str, Mapping[str, object]] = {
    "inbox": {"all": [*_AWAKE]},
    "mine": {"all": [*_AWAKE, {"field": "assignee", "is": "me"}]},
    "unassigned": {"all": [*_AWAKE, {"field": "assignee", "is": None}]},
    "unread": {"all": [*_AWAKE, {"field": "unread", "is": True}]},
    "snoozed": {"field": "snoozed", "is": True},
    "closed": {"field": "status", "is": "closed"},
    "all": {"all": []},
}


@dataclass(frozen=True, slots=True)
class View:
    """A saved view; `filter` is JSON that `read_filter` has accepted once."""

    id: int
    name: str
    filter: dict[str, object]
    shared: bool
    color: str | None
    owner_id: int
    owner_name: str


@dataclass(frozen=True, slots=True)
class ViewChange:
    """What is given replaces what was; None stays."""

    name: str | None = None
    filter: Mapping[str, object] | None = None
    shared: bool | None = None
    color: str | None = None


def list_views(connection: Connection, workspace_id: WorkspaceId, member_id: int | None) -> list[View]:
    """Shared views and a member's own ones, in their order."""
    return rows(connection, SQL["list_views"], {"workspace_id": workspace_id, "member_id": member_id}, View)


def add_view(connection: Connection, workspace_id: WorkspaceId, member_id: int, new: ViewChange) -> int:
    """A new view at the end; answers its number."""
    stored = {
        **_stored(new),
        "workspace_id": workspace_id,
        "member_id": member_id,
        "shared": bool(new.shared),
    }
    return number(connection, SQL["add_view"], stored)


def change_view(connection: Connection, workspace_id: WorkspaceId, view_id: int, change: ViewChange) -> None:
    """Change a view's name, filter, colour, or who sees it."""
    connection.execute(SQL["change_view"], {**_stored(change), "workspace_id": workspace_id, "id": view_id})


def move_view(
    connection: Connection, workspace_id: WorkspaceId, member_id: int | None, view_id: int, index: int
) -> None:
    """Put a view at a place among those that the member sees."""
    ids = [view.id for view in list_views(connection, workspace_id, member_id) if view.id != view_id]
    ids.insert(index, view_id)
    connection.execute(SQL["order_views"], {"workspace_id": workspace_id, "ids": orjson.dumps(ids).decode()})


def delete_view(connection: Connection, doer: Doer, view_id: int) -> UndoOffer:
    """Delete a view; the conversations in it are not touched."""
    connection.execute(SQL["delete_view"], {"workspace_id": doer.workspace_id, "id": view_id})
    return offer(connection, doer.workspace_id, doer.actor, "view", {"id": view_id})


def _stored(change: ViewChange) -> dict[str, object]:
    return {
        "name": change.name,
        "filter": None if change.filter is None else Jsonb(dict(change.filter)),
        "shared": change.shared,
        "color": change.color,
    }
