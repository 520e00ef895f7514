"""The workspace's settings: keys for programs, the audit log, names and zones, and how far a new one has come."""

from dataclasses import dataclass
from datetime import datetime
from re import fullmatch
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Query, Response
from psycopg import Connection
from pydantic import AwareDatetime

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.members import create_key
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import Refusal, not_found
from posthus.api.rights import SCOPES
from posthus.api.shapes.shape import Named, Page
from posthus.api.shapes.team import (
    Actor,
    AuditActions,
    AuditEntry,
    Key,
    KeySecret,
    NewKey,
    Scope,
    Setup,
    Workspace,
    WorkspaceChange,
)
from posthus.api.team import SQL
from posthus.api.visits import Keeper, Reader, Visit
from posthus.database.pool import row, rows

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["settings"])
_DOMAIN = r"[a-z0-9æøåäöüé]([a-z0-9æøåäöüé.-]{0,250})\.[a-z0-9-]{2,}"


@dataclass(frozen=True, slots=True)
class _KeyRow:
    id: int
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None
    created_by: int | None
    created_by_name: str | None

    def shape(self) -> Key:
        by = None if self.created_by is None else Named(id=self.created_by, name=self.created_by_name or "")
        return Key(
            id=self.id,
            name=self.name,
            scopes=self.scopes,
            created_at=self.created_at,
            last_used_at=self.last_used_at,
            created_by=by,
        )


@dataclass(frozen=True, slots=True)
class _AuditRow:
    id: int
    at: datetime
    actor: str
    member_name: str | None
    key_name: str | None
    action: str
    subject: str
    detail: dict[str, object]

    def shape(self) -> AuditEntry:
        kind, _, number = self.actor.partition(":")
        actor = Actor.model_validate(
            {
                "kind": kind,
                "id": int(number) if number else None,
                "name": self.member_name or self.key_name or "",
            }
        )
        return AuditEntry(
            id=self.id, at=self.at, actor=actor, action=self.action, subject=self.subject, detail=self.detail
        )


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries; what is left out does not filter."""

    action: Annotated[str | None, Query(max_length=80)] = None
    actor: Annotated[str | None, Query(pattern="^((member|key):[0-9]{1,18}|system|command line)$")] = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


@router.get("/keys")
def list_keys(visit: Keeper, paging: Paged) -> Page[Key]:
    """The keys that programs use, the newest first."""
    before = read_cursor("keys", paging.cursor, int)
    wanted = {**_which(visit), "before": before, "only": None, "limit": paging.limit + 1}
    with visit.reading() as connection:
        found = rows(connection, SQL["list_keys"], wanted, _KeyRow)
    items = [one.shape() for one in found[: paging.limit]]
    more = make_cursor("keys", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.post("/keys", response_model=KeySecret, status_code=201)
def add_key(visit: Keeper, new: NewKey) -> Response:
    """A new key; the answer shows it this once. Nobody makes a key that may do more than themselves."""
    if not all(SCOPES[scope] <= visit.caller.rights for scope in new.scopes):
        raise Refusal(403, "A key cannot be given more rights than its maker has.")

    def add(connection: Connection) -> KeySecret:
        made, secret = create_key(
            connection, visit.caller.workspace_id, new.name.strip(), new.scopes, visit.doer
        )
        wanted = {**_which(visit), "before": None, "only": made, "limit": 1}
        found = row(connection, SQL["list_keys"], wanted, _KeyRow)
        assert found is not None
        return KeySecret(key=found.shape(), secret=secret)

    return visit.writing(add, 201)


@router.delete("/keys/{id}", status_code=204, response_class=Response)
def revoke_key(visit: Keeper, number: Number) -> Response:
    """A key is worthless within a second."""

    def revoke(connection: Connection) -> None:
        # Noted first: a key that revokes itself may write nothing afterwards.
        visit.note(connection, "key_revoked", f"key:{number}", {})
        if not connection.execute(SQL["revoke_key"], {**_which(visit), "id": number}).rowcount:
            raise not_found("key")

    return visit.writing(revoke, 204)


@router.get("/audit")
def list_audit(visit: Keeper, paging: Paged, asked: Annotated[AuditFilter, Depends()]) -> Page[AuditEntry]:
    """What was done by whom, newest first."""
    wanted = {
        **_which(visit),
        "before": read_cursor("audit", paging.cursor, int),
        "action": asked.action,
        "actor": asked.actor,
        "since": asked.since,
        "until": asked.until,
        "limit": paging.limit + 1,
    }
    with visit.reading() as connection:
        found = rows(connection, SQL["list_audit"], wanted, _AuditRow)
    items = [one.shape() for one in found[: paging.limit]]
    more = make_cursor("audit", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.get("/audit/actions")
def list_actions(visit: Keeper) -> AuditActions:
    """Every kind of thing that was done."""
    with visit.reading() as connection:
        return AuditActions(
            items=[action for (action,) in connection.execute(SQL["list_actions"], _which(visit))]
        )


@router.get("/workspace")
def read_workspace(visit: Reader) -> Workspace:
    """The workspace's own settings."""
    with visit.reading() as connection:
        return _workspace(visit, connection)


@router.patch("/workspace", response_model=Workspace)
def change_workspace(visit: Keeper, change: WorkspaceChange) -> Response:
    """Another name, language or time zone, or other domains of one's own."""
    domains = None
    if change.domains is not None:
        domains = sorted({domain.strip().lower().removeprefix("@") for domain in change.domains})
        wrong = [domain for domain in domains if not fullmatch(_DOMAIN, domain)]
        if wrong:
            raise Refusal(422, f"{wrong[0]!r} is no domain; write it like firma.dk.")
    if change.time_zone is not None and change.time_zone not in available_timezones():
        raise Refusal(422, "There is no such time zone; write it like Europe/Copenhagen.")

    def apply(connection: Connection) -> Workspace:
        changed = {**change.model_dump(), **_which(visit), "domains": domains}
        connection.execute(SQL["change_workspace"], changed)
        visit.note(
            connection,
            "workspace_changed",
            str(visit.caller.workspace_id),
            change.model_dump(exclude_unset=True),
        )
        return _workspace(visit, connection)

    return visit.writing(apply)


@router.get("/setup")
def read_setup(visit: Reader) -> Setup:
    """How far a new workspace has come."""
    with visit.reading() as connection:
        found = row(connection, SQL["read_setup"], _which(visit), Setup)
    assert found is not None
    return found


def _which(visit: Visit) -> dict[str, object]:
    return {"workspace_id": visit.caller.workspace_id}


def _workspace(visit: Visit, connection: Connection) -> Workspace:
    found = row(connection, SQL["read_workspace"], _which(visit), Workspace)
    assert found is not None
    return found
