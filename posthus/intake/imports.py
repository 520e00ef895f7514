"""Imports as people see them: what was begun, how far each is, what could not be read, and stopping one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import SourceId, WorkspaceId

SQL = load(__file__, "imports.sql")

ImportId = NewType("ImportId", int)
State = Literal["uploading", "waiting", "running", "interrupted", "done", "failed", "cancelled"]
# Why it came to nothing: no mail in it, a store of Outlook, too many readers fell over it, nobody went on with it.
Trouble = Literal["no_mail", "outlook_store", "gave_up", "abandoned"]


@dataclass(frozen=True, slots=True)
class MailImport:
    """One import; sizes and places are bytes, `read` = `new` + `duplicates` + `failed` are messages.

    `received` of `size` were sent in by a browser, `reached` of them were read. `interrupted` ones wait for their
    command, or their file, to come again. `begun_*` is where the reading that goes on, or was last, took it up.
    """

    id: ImportId
    workspace_id: WorkspaceId
    source_id: SourceId
    source: str
    way: Literal["browser", "command"]
    name: str
    size: int
    beginning: str
    received: int
    state: State
    trouble: Trouble | None
    reached: int
    read: int
    new: int
    duplicates: int
    failed: int
    created_at: datetime
    touched_at: datetime
    finished_at: datetime | None
    begun_at: datetime | None
    begun_reached: int
    begun_read: int

    @property
    def per_second(self) -> float | None:
        """Messages a second of the reading that goes on."""
        return self._a_second(self.read - self.begun_read)

    @property
    def seconds_left(self) -> float | None:
        """How long it takes from here, at the pace it had so far."""
        pace = self._a_second(self.reached - self.begun_reached)
        return max(self.size - self.reached, 0) / pace if pace else None

    @property
    def expected(self) -> int | None:
        """About how many messages there will have been."""
        if self.state != "running" or not self.reached or not self.read:
            return None
        return max(self.read, round(self.read * self.size / self.reached))

    def _a_second(self, done: int) -> float | None:
        if self.state != "running" or self.begun_at is None or done <= 0:
            return None
        return done / max((self.touched_at - self.begun_at).total_seconds(), 0.001)


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that could not be read, or not wholly: the file and the byte or number it is at, and why."""

    place: str
    reason: str


def list_imports(
    connection: Connection, workspace_id: WorkspaceId, before: int | None, limit: int
) -> list[MailImport]:
    """Imports of a workspace, newest first."""
    asked = {"workspace_id": workspace_id, "before": before, "limit": limit}
    return rows(connection, SQL["imports"], asked, MailImport)


def find_import(connection: Connection, workspace_id: WorkspaceId, import_id: ImportId) -> MailImport | None:
    """One of them."""
    return row(connection, SQL["import_by_id"], {"workspace_id": workspace_id, "id": import_id}, MailImport)


def unread_of(
    connection: Connection, workspace_id: WorkspaceId, import_id: ImportId, limit: int = 1_000
) -> Sequence[Unread]:
    """What could not be read of it, in the order it was met; the first thousand are kept."""
    asked = {"workspace_id": workspace_id, "id": import_id, "limit": limit}
    return rows(connection, SQL["import_troubles"], asked, Unread)


def cancel_import(connection: Connection, workspace_id: WorkspaceId, import_id: ImportId) -> bool:
    """Go no further with it, what came in stays; False where it was over before."""
    asked = {"workspace_id": workspace_id, "id": import_id}
    return connection.execute(SQL["cancel_import"], asked).rowcount == 1


def sweep_imports(connection: Connection) -> bool:
    """Give up what nobody went on with, and drop some of what is needless; whether there may be more."""
    connection.execute(SQL["mark_interrupted"])
    connection.execute(SQL["give_up_abandoned"])
    return connection.execute(SQL["drop_needless_pieces"]).rowcount > 0
