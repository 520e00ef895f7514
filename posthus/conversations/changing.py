"""Changing conversations, one or many in one statement, so that it can be seen and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson
from psycopg import Connection

from posthus.conversations.doer import Doer
from posthus.conversations.offers import UndoOffer, offer
from posthus.conversations.shown import Status
from posthus.database.pool import number, row
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "changing.sql")


class ChangeError(ValueError):
    """The change cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed; None stays as it is, `assign`, `snooze` and `place` say that the value after them counts."""

    status: Status | None = None
    unread: bool | None = None
    held: bool | None = None
    assign: bool = False
    assignee_id: int | None = None
    snooze: bool = False
    snoozed_until: datetime | None = None
    add_tags: tuple[int, ...] = ()
    remove_tags: tuple[int, ...] = ()
    place: bool = False
    board_column_id: int | None = None
    board_rank: str | None = None  # a decimal number; where in the column, its top if not given

    @property
    def only_reading(self) -> bool:
        """Whether it just marks as read or unread: too small to be kept in the history."""
        return self == Change(unread=self.unread)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How far an undo has come: conversations given back what they had, and those that others changed since."""

    looked_at: int
    position: int
    restored: int
    kept: int


def checked(connection: Connection, workspace_id: WorkspaceId, change: Change) -> Change:
    """The change, made sound: the column that takes what is new means no column.

    Raises ChangeError for what can never be: an unknown assignee, tag or column, a time that has passed.
    """
    parameters: dict[str, object] = {
        "workspace_id": workspace_id,
        "assignee_id": change.assignee_id,
        "board_column_id": change.board_column_id,
        "tags": list(change.add_tags),
    }
    if change.assignee_id is not None and not number(connection, SQL["find_assignee"], parameters):
        raise ChangeError("The assignee is no member of this workspace.")
    if change.board_column_id is not None:
        column = connection.execute(SQL["find_column"], parameters).fetchone()
        if column is None:
            raise ChangeError("There is no such column on the board.")
        if column[0]:
            change = replace(change, board_column_id=None, board_rank=None)
    if change.add_tags and connection.execute(SQL["unknown_tags"], parameters).fetchone():
        raise ChangeError("There is no such tag in this workspace.")
    if change.snoozed_until is not None and change.snoozed_until <= datetime.now(UTC):
        raise ChangeError("Snooze until a time that is still to come.")
    return change


def apply_change(
    connection: Connection, doer: Doer, ids: Sequence[int], change: Change, undo_id: int | None
) -> int:
    """Change these conversations, noting each under `undo_id`; answers how many really changed."""
    parameters = {
        **parameters_of(change),
        "workspace_id": doer.workspace_id,
        "actor": doer.actor,
        "ids": orjson.dumps(list(ids)).decode(),
        "noted": undo_id is not None,
        "undo_id": undo_id,
    }
    return number(connection, SQL["change_conversations"], parameters)


def parameters_of(change: Change) -> dict[str, object]:
    """A change as the query's parameters."""
    fields = {name: getattr(change, name) for name in Change.__dataclass_fields__}
    return {**fields, "add_tags": list(change.add_tags), "remove_tags": list(change.remove_tags)}


def change_one(connection: Connection, doer: Doer, conversation_id: int, change: Change) -> UndoOffer | None:
    """Change one conversation and say how to take it back; None where nothing is worth taking back."""
    change = checked(connection, doer.workspace_id, change)
    if change.only_reading:
        apply_change(connection, doer, [conversation_id], change, None)
        return None
    undo = offer(connection, doer.workspace_id, doer.actor, "change")
    changed = apply_change(connection, doer, [conversation_id], change, undo.id)
    return undo if changed else None


def take_back(connection: Connection, doer: Doer, undo_id: int, position: int, limit: int) -> TakenBack:
    """The next `limit` conversations of a change, given back what they had."""
    parameters = {
        "workspace_id": doer.workspace_id,
        "actor": doer.actor,
        "undo_id": undo_id,
        "position": position,
        "limit": limit,
    }
    return row(connection, SQL["take_back"], parameters, TakenBack) or TakenBack(0, position, 0, 0)


def wake(connection: Connection) -> int:
    """Wake up to 1,000 conversations of all workspaces whose time has come; answers how many."""
    return number(connection, SQL["wake"], {})


def change_as_json(change: Change) -> dict[str, object]:
    """The change as an errand keeps it."""
    kept: dict[str, object] = orjson.loads(orjson.dumps(change))
    return kept


def change_from_json(kept: object) -> Change:
    """What `change_as_json` wrote."""
    read = Change(**orjson.loads(orjson.dumps(kept)))
    return replace(
        read,
        add_tags=tuple(read.add_tags),
        remove_tags=tuple(read.remove_tags),
        snoozed_until=datetime.fromisoformat(str(read.snoozed_until)) if read.snoozed_until else None,
    )
