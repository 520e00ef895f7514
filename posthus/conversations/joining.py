"""Contacts, or companies, that are one: merged so that every number keeps leading there, and taken apart again."""

from collections.abc import Callable, Mapping, Sequence

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.conversations import editing
from posthus.conversations.doer import Doer
from posthus.conversations.editing import EditError, PersonKind
from posthus.conversations.offers import UndoOffer, offer
from posthus.database.queries import load

SQL = load(__file__, "joining.sql")
_PLURAL: Mapping[PersonKind, str] = {"contact": "contacts", "company": "companies"}


def join(
    connection: Connection, doer: Doer, kind: PersonKind, person_id: int, others: Sequence[int]
) -> UndoOffer | None:
    """Make `others` part of one: addresses, messages, conversations and notes become its own.

    None if one of them is not there. Raises EditError for one and the same.
    """
    wanted = sorted({person_id, *others})
    if person_id in others or len(wanted) < 2:
        raise EditError("Choose others to merge with.")
    connection.execute(SQL["lock_linking"], {"workspace_id": doer.workspace_id})
    plural = _PLURAL[kind]
    known = connection.execute(
        SQL[f"known_{plural}"], {"workspace_id": doer.workspace_id, "ids": wanted}
    ).fetchall()
    if len(known) < len(wanted):
        return None
    parameters = {"workspace_id": doer.workspace_id, "id": person_id, "others": list(others)}
    found = connection.execute(SQL[f"join_{plural}"], parameters).fetchone()
    assert found is not None
    moved: dict[str, object] = found[0]
    inherited = _inherited(connection, doer, kind, person_id, moved)
    detail = {
        "id": person_id,
        "others": list(others),
        "moved": moved,
        "edit": inherited,
    }
    return offer(connection, doer.workspace_id, doer.actor, f"join {kind}", detail)


def take_back(kind: PersonKind) -> Callable[[Connection, Doer, Mapping[str, object]], int]:
    """The undoing of `join`: what moved goes back; what came since stays with the one."""

    def undo(connection: Connection, doer: Doer, detail: Mapping[str, object]) -> int:
        connection.execute(SQL["lock_linking"], {"workspace_id": doer.workspace_id})
        others = detail["others"]
        assert isinstance(others, list)
        parameters = {
            "workspace_id": doer.workspace_id,
            "id": detail["id"],
            "others": others,
            "moved": Jsonb(detail["moved"]),
        }
        parted = connection.execute(SQL[f"part_{_PLURAL[kind]}"], parameters).rowcount
        inherited = detail["edit"]
        if isinstance(inherited, dict):
            editing.take_back(kind)(connection, doer, inherited)
        return parted

    return undo


def follow_late(connection: Connection) -> None:
    """What was being filed while two became one follows; call it every few minutes."""
    for query in ("follow_late_contacts", "follow_late_companies"):
        connection.execute(SQL[query])


def _inherited(
    connection: Connection, doer: Doer, kind: PersonKind, person_id: int, moved: Mapping[str, object]
) -> Mapping[str, object] | None:
    """The one that is left has what it lacked from the others: company and title, or number; and their hold."""
    state = editing.state_of(connection, doer, kind, person_id) or {}
    names = ("company_id", "title", "held") if kind == "contact" else ("cvr", "held")
    wanted = {name: moved[name] for name in names if moved[name] and not state[name]}
    return editing.write(connection, doer, kind, person_id, wanted) if wanted else None
