"""Changing many conversations: by number at once, by filter in steps, always to be taken back as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from posthus.conversations.changing import (
    Change,
    apply_change,
    change_as_json,
    change_from_json,
    checked,
)
from posthus.conversations.doer import Doer
from posthus.conversations.errands import Errand, NewErrand, Progress, add_errand, advance, find_errand
from posthus.conversations.filters import Viewer, read_filter
from posthus.conversations.listing import next_numbers, size_up
from posthus.conversations.offers import offer

AT_ONCE = 500
_STEP = 1000


@dataclass(frozen=True, slots=True)
class ByFilter:
    """Everything that a filter (as JSON, already checked) lets through for a viewer, except some."""

    filter: object
    viewer: Viewer
    except_: tuple[int, ...] = ()


def change_numbers(connection: Connection, doer: Doer, ids: Sequence[int], change: Change) -> Errand:
    """Change up to 500 conversations at once; the errand is done when this returns."""
    change = checked(connection, doer.workspace_id, change)
    undo = offer(connection, doer.workspace_id, doer.actor, "change")
    changed = apply_change(connection, doer, ids, change, undo.id)
    new = NewErrand(
        "change",
        {"change": change_as_json(change)},
        "done",
        total=len(ids),
        done=len(ids),
        changed=changed,
        undo_id=undo.id,
    )
    return add_errand(connection, doer, new)


def change_matching(
    connection: Connection, doer: Doer, chosen: ByFilter, change: Change, undo_id: int | None = None
) -> Errand:
    """Change everything that a filter lets through now; few are done at once, many step by step."""
    change = checked(connection, doer.workspace_id, change)
    wanted = read_filter(chosen.filter, chosen.viewer)
    sized = size_up(connection, doer.workspace_id, wanted, chosen.except_)
    if undo_id is None:
        undo_id = offer(connection, doer.workspace_id, doer.actor, "change").id
    request = {
        "filter": chosen.filter,
        "except": list(chosen.except_),
        "viewer": {
            "member_id": chosen.viewer.member_id,
            "time_zone": chosen.viewer.time_zone,
            "now": chosen.viewer.now.isoformat(),
        },
        "change": change_as_json(change),
    }
    new = NewErrand("change", request, total=sized.total, last=sized.last, undo_id=undo_id)
    errand = add_errand(connection, doer, new)
    if sized.total > AT_ONCE:
        return errand
    advance(connection, errand, go_on_changing(connection, errand))
    return find_errand(connection, doer.workspace_id, errand.id) or errand


def go_on_changing(connection: Connection, errand: Errand) -> Progress:
    """The next step of a change by filter; conversations that came after it was ordered are left alone."""
    request = errand.request
    wanted = read_filter(request["filter"], _viewer(request["viewer"]))
    bounds: dict[str, object] = {
        "except": request["except"],
        "position": errand.position,
        "last": errand.last,
        "limit": _STEP,
    }
    ids = next_numbers(connection, errand.workspace_id, wanted, bounds)
    doer = Doer(errand.workspace_id, errand.actor)
    changed = apply_change(connection, doer, ids, change_from_json(request["change"]), errand.undo_id)
    return Progress(
        position=ids[-1] if ids else errand.position,
        done=errand.done + len(ids),
        changed=errand.changed + changed,
        finished=len(ids) < _STEP,
    )


def _viewer(kept: object) -> Viewer:
    assert isinstance(kept, Mapping)
    member_id: object = kept["member_id"]
    return Viewer(
        member_id if isinstance(member_id, int) else None,
        str(kept["time_zone"]),
        datetime.fromisoformat(str(kept["now"])),
    )
