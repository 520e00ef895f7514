"""Erasing a person (GDPR, article 17): everything of theirs, step by step, with a receipt that names nobody."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from psycopg import Connection

from posthus.conversations.doer import Doer
from posthus.conversations.errands import Errand, NewErrand, Progress, add_errand
from posthus.conversations.grouping import lock_workspace
from posthus.conversations.removing import Removed, remove_messages
from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "erasing.sql")
_STEP = 200


class HeldError(Exception):
    """Something of theirs is under legal hold, so nothing is erased."""


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    name: str
    held: bool


@dataclass(frozen=True, slots=True)
class WouldGo:
    """What erasing would remove."""

    messages: int
    conversations: int
    notes: int
    files: int
    held: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """That somebody was erased, when and by whom; `result` has the counts and the hashes of the addresses."""

    id: int
    at: datetime
    actor: str
    result: dict[str, object]


def would_go(connection: Connection, workspace_id: WorkspaceId, contact_id: int) -> WouldGo | None:
    """What erasing a contact would remove; None if there is none."""
    people = _people(connection, workspace_id, contact_id)
    if not people:
        return None
    which = {"workspace_id": workspace_id, "contacts": [one.id for one in people]}
    found = row(connection, SQL["count_theirs"], which, WouldGo)
    assert found is not None
    return replace(found, held=any(one.held for one in people))


def names_of(connection: Connection, workspace_id: WorkspaceId, contact_id: int) -> list[str]:
    """What a contact is called and reached by: one of these confirms an erasure."""
    people = _people(connection, workspace_id, contact_id)
    return [*(one.name for one in people), *_addresses(connection, workspace_id, people)]


def order_erasure(connection: Connection, doer: Doer, contact_id: int) -> Errand | None:
    """Write down that a contact is to be erased; None if there is none. Raises HeldError."""
    found = would_go(connection, doer.workspace_id, contact_id)
    if found is None:
        return None
    if found.held:
        raise HeldError
    return add_errand(connection, doer, NewErrand("erase", {"contact_id": contact_id}, total=found.messages))


def go_on_erasing(connection: Connection, errand: Errand) -> Progress:
    """The next step: some messages, or at last the person. A hold set meanwhile stops it, visibly."""
    workspace_id, contact_id = errand.workspace_id, int(str(errand.request["contact_id"]))
    lock_workspace(connection, workspace_id)  # before any row, as linking does
    people = _people(connection, workspace_id, contact_id)
    if any(one.held for one in people):
        raise HeldError("something of theirs is under legal hold")
    contacts = [one.id for one in people]
    theirs = {"workspace_id": workspace_id, "contacts": contacts, "limit": _STEP}
    ids = [found for (found,) in connection.execute(SQL["theirs"], theirs)]
    removed = Removed(**_counts(errand.result)).plus(remove_messages(connection, workspace_id, ids))
    result: dict[str, object] = asdict(removed)
    finished = len(ids) < _STEP
    if finished:
        addresses = _addresses(connection, workspace_id, people)
        result["notes"] = removed.notes + _drop(connection, workspace_id, people)
        result["redacted"] = _redact(connection, workspace_id, addresses)
        result["addresses"] = " ".join(sha256(one.encode()).hexdigest() for one in addresses)
        result["finished"] = datetime.now(UTC).isoformat()
    done = errand.done + len(ids)
    return Progress(position=done, done=done, changed=removed.messages, finished=finished, result=result)


def list_receipts(
    connection: Connection, workspace_id: WorkspaceId, before: int | None, limit: int
) -> list[Receipt]:
    """What was erased, newest first."""
    wanted = {"workspace_id": workspace_id, "before": before, "limit": limit}
    return rows(connection, SQL["list_receipts"], wanted, Receipt)


def _people(connection: Connection, workspace_id: WorkspaceId, contact_id: int) -> list[_Person]:
    which = {"workspace_id": workspace_id, "id": contact_id}
    return rows(connection, SQL["hold_contact"], which, _Person)


def _addresses(connection: Connection, workspace_id: WorkspaceId, people: list[_Person]) -> list[str]:
    which = {"workspace_id": workspace_id, "contacts": [one.id for one in people]}
    return [found for (found,) in connection.execute(SQL["addresses_of"], which)]


def _drop(connection: Connection, workspace_id: WorkspaceId, people: list[_Person]) -> int:
    contacts = [one.id for one in people]
    which = {"workspace_id": workspace_id, "contacts": contacts, "texts": [str(one) for one in contacts]}
    notes = number(connection, SQL["drop_contact"], which)
    connection.execute(SQL["drop_person"], which)
    return notes


def _redact(connection: Connection, workspace_id: WorkspaceId, addresses: list[str]) -> int:
    if not addresses:
        return 0
    which = {"workspace_id": workspace_id, "addresses": addresses}
    [(lexemes,)] = connection.execute(SQL["lexemes_of"], which).fetchall()
    return connection.execute(SQL["redact_recipients"], {**which, "lexemes": lexemes}).rowcount


def _counts(result: dict[str, object]) -> dict[str, int]:
    return {name: int(str(result.get(name, 0))) for name in Removed.__dataclass_fields__}
