"""The board: the workspace's own columns, and conversations as cards in them."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from psycopg import Connection

from posthus.conversations.bulk import ByFilter, change_matching
from posthus.conversations.changing import Change
from posthus.conversations.doer import Doer
from posthus.conversations.filters import Viewer
from posthus.conversations.listing import dress
from posthus.conversations.offers import UndoOffer, offer
from posthus.conversations.shown import Conversation
from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "board.sql")
# What stands in the column that takes what is new: open, awake, and placed nowhere.
NEW: Mapping[str, object] = {
    "all": [
        {"field": "status", "is": "open"},
        {"field": "snoozed", "is": False},
        {"field": "board_column", "is": None},
    ]
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; the one that `takes_new` holds what was placed nowhere, without an order of its own."""

    id: int
    name: str
    color: str
    takes_new: bool

    @property
    def filter(self) -> Mapping[str, object]:
        """Its cards, as a filter."""
        return NEW if self.takes_new else {"field": "board_column", "is": self.id}


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where a card stands in its column: a decimal number, and the conversation's."""

    rank: str
    id: int


def list_columns(connection: Connection, workspace_id: WorkspaceId) -> list[Column]:
    """The board from left to right."""
    return rows(connection, SQL["list_columns"], {"workspace_id": workspace_id}, Column)


def add_column(connection: Connection, workspace_id: WorkspaceId, name: str, color: str) -> int:
    """A new column at the right; answers its number."""
    return number(connection, SQL["add_column"], {"workspace_id": workspace_id, "name": name, "color": color})


def change_column(
    connection: Connection, workspace_id: WorkspaceId, column_id: int, name: str | None, color: str | None
) -> None:
    """Another name or colour."""
    changed = {"workspace_id": workspace_id, "id": column_id, "name": name, "color": color}
    connection.execute(SQL["change_column"], changed)


def move_column(connection: Connection, workspace_id: WorkspaceId, column_id: int, index: int) -> None:
    """Put a column at a place, counted from the left."""
    ids = [one.id for one in list_columns(connection, workspace_id) if one.id != column_id]
    ids.insert(index, column_id)
    connection.execute(
        SQL["order_columns"], {"workspace_id": workspace_id, "ids": orjson.dumps(ids).decode()}
    )


def delete_column(connection: Connection, doer: Doer, column_id: int) -> UndoOffer | None:
    """Take a column and its cards off the board; None for the one that takes what is new."""
    which = {"workspace_id": doer.workspace_id, "id": column_id}
    if not connection.execute(SQL["delete_column"], which).rowcount:
        return None
    undo = offer(connection, doer.workspace_id, doer.actor, "column", {"id": column_id})
    cards = ByFilter({"field": "board_column", "is": column_id}, Viewer(doer.member_id, "UTC"))
    change_matching(connection, doer, cards, Change(place=True), undo.id)
    return undo


def list_cards(
    connection: Connection, workspace_id: WorkspaceId, column_id: int, after: CardPlace | None, limit: int
) -> list[tuple[CardPlace, Conversation]]:
    """At most `limit` cards of a column under a place."""
    wanted = {
        "workspace_id": workspace_id,
        "column_id": column_id,
        "rank": after.rank if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
    places = {place.id: place for place in rows(connection, SQL["list_cards"], wanted, CardPlace)}
    return [(places[one.id], one) for one in dress(connection, workspace_id, list(places))]


def rank_after(
    connection: Connection, workspace_id: WorkspaceId, column_id: int, moved: int, after: int | None
) -> str:
    """The rank under a card of the column, or at its top."""
    wanted = {"workspace_id": workspace_id, "column_id": column_id, "moved": moved, "after": after}
    found = connection.execute(SQL["rank_after"], wanted).fetchone()
    assert found is not None
    return str(found[0])
