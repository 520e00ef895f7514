"""Taking things back: one way in for everything that can be undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from psycopg import Connection

from posthus.conversations import editing, joining, regrouping
from posthus.conversations.changing import take_back
from posthus.conversations.doer import Doer
from posthus.conversations.errands import Errand, NewErrand, Progress, add_errand
from posthus.conversations.offers import use
from posthus.database.pool import number
from posthus.database.queries import load

SQL = load(__file__, "undoing.sql")
AT_ONCE = 500
_STEP = 1000
Takes = Callable[[Connection, Doer, Mapping[str, object]], int]


class UndoError(Exception):
    """It cannot be taken back."""


class UnknownUndoError(UndoError):
    """There is nothing of this number to take back."""


class UsedUndoError(UndoError):
    """Somebody has taken it back already."""


class TooLateError(UndoError):
    """It is too late to take this back."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How much was given back, how much others had changed since, and the errand that does the rest."""

    restored: int
    kept: int
    errand: Errand | None


def undo(connection: Connection, doer: Doer, undo_id: int, kinds: Mapping[str, Takes]) -> Undone:
    """Take something back, at once or, where many conversations are concerned, by an errand. Raises UndoError."""
    found = use(connection, doer.workspace_id, undo_id)
    if found is None:
        raise UnknownUndoError
    if found.used_at is not None:
        raise UsedUndoError
    if found.expired:
        raise TooLateError
    which = {"workspace_id": doer.workspace_id, "undo_id": undo_id}
    connection.execute(SQL["stop_errand"], which)
    restored = 0
    if found.kind in kinds:
        restored = kinds[found.kind](connection, doer, found.detail)
    first = take_back(connection, doer, undo_id, 0, AT_ONCE)
    restored += first.restored
    if first.looked_at < AT_ONCE or not number(
        connection, SQL["has_activities"], {**which, "position": first.position}
    ):
        return Undone(restored, first.kept, None)
    request = {"undo_id": undo_id}
    rest = NewErrand("undo", request, position=first.position, changed=restored, done=first.looked_at)
    return Undone(restored, first.kept, add_errand(connection, doer, rest))


def go_on_undoing(connection: Connection, errand: Errand) -> Progress:
    """The next step of an undo that is too large to be done at once."""
    undo_id = int(str(errand.request["undo_id"]))
    step = take_back(connection, Doer(errand.workspace_id, errand.actor), undo_id, errand.position, _STEP)
    return Progress(
        position=step.position,
        done=errand.done + step.looked_at,
        changed=errand.changed + step.restored,
        finished=step.looked_at < _STEP,
    )


def _restores(query: str) -> Takes:
    def restore(connection: Connection, doer: Doer, detail: Mapping[str, object]) -> int:
        wanted = {"workspace_id": doer.workspace_id, "id": detail["id"]}
        return connection.execute(SQL[query], wanted).rowcount

    return restore


# What deleting marks as deleted, undoing unmarks; what was split or merged goes back.
KINDS: Mapping[str, Takes] = {
    "tag": _restores("restore_tag"),
    "view": _restores("restore_view"),
    "column": _restores("restore_column"),
    "note": _restores("restore_note"),
    "regroup": regrouping.take_back,
    "contact": editing.take_back("contact"),
    "company": editing.take_back("company"),
    "join contact": joining.take_back("contact"),
    "join company": joining.take_back("company"),
}
