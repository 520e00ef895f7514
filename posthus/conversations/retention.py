"""For how long conversations are kept: rules per source, applied a bounded number at a time, never over a legal hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from posthus.conversations.removing import remove_messages
from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import SourceId, WorkspaceId

SQL = load(__file__, "retention.sql")
EVERY_SECONDS = 3600
_CONVERSATIONS = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """A source's conversations, or everybody else's, are kept for so many days after their last message."""

    id: int
    source_id: int | None
    source_name: str | None
    days: int
    enabled: bool
    last_run_at: datetime | None
    removed: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would remove now, and how many conversations a hold keeps from it."""

    conversations: int
    messages: int
    held: int


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    workspace_id: WorkspaceId
    source_id: int | None
    days: int


def list_rules(connection: Connection, workspace_id: WorkspaceId) -> list[Rule]:
    """Every rule, the one for all sources first."""
    return rows(connection, SQL["list_rules"], {"workspace_id": workspace_id}, Rule)


def add_rule(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId | None, days: int
) -> int | None:
    """A new rule; None where the source, or all of them, have one."""
    new = {"workspace_id": workspace_id, "source_id": source_id, "days": days}
    made = connection.execute(SQL["add_rule"], new).fetchone()
    return None if made is None else int(made[0])


def change_rule(
    connection: Connection, workspace_id: WorkspaceId, rule_id: int, change: Mapping[str, object]
) -> bool:
    """Change `days`, or switch `enabled` off or on; False if there is no such rule."""
    changed = {"days": None, "enabled": None, **change, "workspace_id": workspace_id, "id": rule_id}
    return bool(connection.execute(SQL["change_rule"], changed).rowcount)


def delete_rule(connection: Connection, workspace_id: WorkspaceId, rule_id: int) -> bool:
    """Keep for ever again; False if there is no such rule."""
    which = {"workspace_id": workspace_id, "id": rule_id}
    return bool(connection.execute(SQL["delete_rule"], which).rowcount)


def preview(
    connection: Connection, workspace_id: WorkspaceId, source_id: SourceId | None, days: int
) -> Preview:
    """What a rule would remove now, without removing anything."""
    wanted = {"workspace_id": workspace_id, "source_id": source_id, "days": days}
    return row(connection, SQL["preview"], wanted, Preview) or Preview(0, 0, 0)


def apply_next(connection: Connection) -> bool:
    """Remove a bounded number of conversations of the rule that waited longest; False when no rule is due."""
    due = row(connection, SQL["next_rule"], {"seconds": EVERY_SECONDS}, _Due)
    if due is None:
        return False
    wanted = {
        "workspace_id": due.workspace_id,
        "source_id": due.source_id,
        "days": due.days,
        "limit": _CONVERSATIONS,
    }
    ids = [found for (found,) in connection.execute(SQL["too_old"], wanted)]
    removed = remove_messages(connection, due.workspace_id, ids)
    run = {"id": due.id, "removed": removed.messages, "finished": not ids}
    connection.execute(SQL["note_run"], run)
    return True
