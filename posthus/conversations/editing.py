"""Contacts and companies as people correct them; what mail says later does not overrule that."""

from collections.abc import Callable, Mapping
from typing import Literal

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.conversations.doer import Doer
from posthus.conversations.offers import UndoOffer, offer
from posthus.database.pool import number
from posthus.database.queries import load

SQL = load(__file__, "editing.sql")
PersonKind = Literal["contact", "company"]
State = dict[str, object]


class EditError(ValueError):
    """It cannot be changed like this; the message says why."""


class TakenError(EditError):
    """It belongs to another one already."""


def edit(
    connection: Connection, doer: Doer, kind: PersonKind, person_id: int, change: Mapping[str, object]
) -> UndoOffer | None:
    """Change some fields; None if there is nothing of that number, or nothing changes. Raises EditError."""
    detail = write(connection, doer, kind, person_id, change)
    return offer(connection, doer.workspace_id, doer.actor, kind, detail) if detail else None


def write(
    connection: Connection, doer: Doer, kind: PersonKind, person_id: int, change: Mapping[str, object]
) -> State | None:
    """Like `edit`; answers what `take_back` needs instead of an offer."""
    before = state_of(connection, doer, kind, person_id)
    if before is None:
        return None
    by_hand = bool({"name", "company_id", "cvr"} & change.keys())
    after = {**before, **change, "by_hand": bool(before["by_hand"]) or by_hand}
    if after == before:
        return None
    _write(connection, doer, kind, person_id, after)
    if kind == "company" and after["cvr"] != before["cvr"]:
        _renumber(connection, doer, person_id, before["cvr"], after["cvr"])
    return {"id": person_id, "before": before, "after": after}


def take_back(kind: PersonKind) -> Callable[[Connection, Doer, Mapping[str, object]], int]:
    """The undoing of `edit`: each field that nobody has changed since gets its former value."""

    def undo(connection: Connection, doer: Doer, detail: Mapping[str, object]) -> int:
        person_id, before, after = int(str(detail["id"])), detail["before"], detail["after"]
        assert isinstance(before, dict)
        assert isinstance(after, dict)
        current = state_of(connection, doer, kind, person_id)
        if current is None:
            return 0
        back = {name: before[name] if current[name] == after[name] else current[name] for name in current}
        _write(connection, doer, kind, person_id, back)
        if kind == "company" and back["cvr"] != current["cvr"]:
            _renumber(connection, doer, person_id, current["cvr"], back["cvr"])
        return int(back != current)

    return undo


def add_address(connection: Connection, doer: Doer, contact_id: int, kind: str, address: str) -> None:
    """Another address of a contact; mail from it is theirs from now on. Raises TakenError."""
    if not connection.execute(SQL["add_address"], _address(doer, contact_id, kind, address)).rowcount:
        raise TakenError("This address leads to somebody already; merge the two instead.")


def remove_address(connection: Connection, doer: Doer, contact_id: int, kind: str, address: str) -> bool:
    """Take an address away; False if it was not the contact's."""
    return bool(connection.execute(SQL["remove_address"], _address(doer, contact_id, kind, address)).rowcount)


def add_domain(connection: Connection, doer: Doer, company_id: int, domain: str) -> None:
    """Another domain of a company; people who write from it are theirs from now on. Raises TakenError."""
    if not connection.execute(SQL["add_identity"], _identity(doer, company_id, "domain", domain)).rowcount:
        raise TakenError("This domain is another company's; merge the two instead.")


def remove_domain(connection: Connection, doer: Doer, company_id: int, domain: str) -> bool:
    """Take a domain away; False if it was not the company's."""
    return bool(
        connection.execute(SQL["remove_identity"], _identity(doer, company_id, "domain", domain)).rowcount
    )


def state_of(connection: Connection, doer: Doer, kind: PersonKind, person_id: int) -> State | None:
    """What people can change on a contact or company, held until the transaction ends; None if it is not there."""
    which = {"workspace_id": doer.workspace_id, "id": person_id}
    found = connection.execute(SQL[f"{kind}_state"], which).fetchone()
    return found[0] if found else None


def _write(connection: Connection, doer: Doer, kind: PersonKind, person_id: int, state: State) -> None:
    which: dict[str, object] = {"workspace_id": doer.workspace_id, "id": person_id}
    company_id = state.get("company_id")
    known = {"workspace_id": doer.workspace_id, "company_id": company_id}
    if company_id is not None and not number(connection, SQL["has_company"], known):
        raise EditError("There is no such company in this workspace.")
    connection.execute(SQL[f"write_{kind}"], {**which, "state": Jsonb(state)})
    if kind == "contact":
        connection.execute(SQL["show_company"], which)


def _renumber(connection: Connection, doer: Doer, company_id: int, old: object, new: object) -> None:
    """A company is known by its number: by the new one from now on."""
    if old is not None:
        connection.execute(SQL["remove_identity"], _identity(doer, company_id, "cvr", str(old)))
    if (
        new is not None
        and not connection.execute(SQL["add_identity"], _identity(doer, company_id, "cvr", str(new))).rowcount
    ):
        raise TakenError("Another company has this number; merge the two instead.")


def _address(doer: Doer, contact_id: int, kind: str, address: str) -> dict[str, object]:
    return {"workspace_id": doer.workspace_id, "id": contact_id, "kind": kind, "address": address}


def _identity(doer: Doer, company_id: int, kind: str, value: str) -> dict[str, object]:
    return {"workspace_id": doer.workspace_id, "id": company_id, "kind": kind, "value": value}
