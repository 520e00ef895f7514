"""Offers to take something back: who did what, until when it can be undone, and whether it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import row
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "offers.sql")
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """Something that can be taken back until a time."""

    id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """What an offer is about: `detail` is what its kind needs to take it back."""

    kind: str
    detail: dict[str, object]
    used_at: datetime | None
    expired: bool


def offer(
    connection: Connection,
    workspace_id: WorkspaceId,
    actor: str,
    kind: str,
    detail: Mapping[str, object] | None = None,
) -> UndoOffer:
    """Remember how to take back what this transaction does."""
    new = {
        "workspace_id": workspace_id,
        "actor": actor,
        "kind": kind,
        "detail": Jsonb(dict(detail or {})),
        "days": KEPT_DAYS,
    }
    made = row(connection, SQL["offer"], new, UndoOffer)
    assert made is not None
    return made


def use(connection: Connection, workspace_id: WorkspaceId, undo_id: int) -> Offered | None:
    """Mark an offer as used and answer it as it was before; None if there is none. One caller at a time."""
    return row(connection, SQL["use"], {"workspace_id": workspace_id, "id": undo_id}, Offered)


def forget(connection: Connection) -> None:
    """Drop offers whose time is over, a bounded number at a time."""
    connection.execute(SQL["forget"])
