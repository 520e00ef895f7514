"""Errands: work of people that is too long for one answer, done in steps that each commit with their progress."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus import telemetry
from posthus.conversations.doer import Doer
from posthus.database.pool import Database, number, row, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "errands.sql")
ErrandKind = Literal["change", "undo", "export", "erase"]
ErrandState = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Errand:
    """Where an errand stands; `position` is what the next step begins after, `done` of `total` are looked at."""

    id: int
    workspace_id: WorkspaceId
    actor: str
    kind: ErrandKind
    state: ErrandState
    request: dict[str, object]
    position: int
    last: int
    total: int
    done: int
    changed: int
    failures: int
    error: str
    result: dict[str, object]
    undo_id: int | None
    undo_until: datetime | None
    undo_used_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewErrand:
    """What is to be done, and how far it has come already."""

    kind: ErrandKind
    request: Mapping[str, object]
    state: ErrandState = "waiting"
    position: int = 0
    last: int = 0
    total: int = 0
    done: int = 0
    changed: int = 0
    undo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an errand stands after a step."""

    position: int
    done: int
    changed: int
    finished: bool
    result: Mapping[str, object] = field(default_factory=dict)


Step = Callable[[Connection, Errand], Progress]


def add_errand(connection: Connection, doer: Doer, new: NewErrand) -> Errand:
    """Write an errand down; it begins when this transaction has committed."""
    stored = {name: getattr(new, name) for name in NewErrand.__dataclass_fields__}
    stored |= {"workspace_id": doer.workspace_id, "actor": doer.actor, "request": Jsonb(dict(new.request))}
    made = find_errand(connection, doer.workspace_id, number(connection, SQL["add_errand"], stored))
    assert made is not None
    return made


def find_errand(connection: Connection, workspace_id: WorkspaceId, errand_id: int) -> Errand | None:
    """One errand; None if there is none."""
    return row(connection, SQL["find_errand"], {"workspace_id": workspace_id, "id": errand_id}, Errand)


def list_errands(connection: Connection, doer: Doer, before: int | None, limit: int) -> list[Errand]:
    """The person's errands and everybody's unfinished ones, newest first."""
    wanted = {"workspace_id": doer.workspace_id, "actor": doer.actor, "before": before, "limit": limit}
    return rows(connection, SQL["list_errands"], wanted, Errand)


def cancel_errand(connection: Connection, workspace_id: WorkspaceId, errand_id: int) -> None:
    """Stop an errand after the step it is at; waits for that step."""
    connection.execute(SQL["cancel_errand"], {"workspace_id": workspace_id, "id": errand_id})


def advance(connection: Connection, errand: Errand, progress: Progress) -> None:
    """Note a step in the transaction that did it."""
    parameters = {
        "id": errand.id,
        "position": progress.position,
        "done": progress.done,
        "changed": progress.changed,
        "finished": progress.finished,
        "result": Jsonb(dict(progress.result)),
    }
    connection.execute(SQL["advance_errand"], parameters)


class ErrandRunner:
    """Does errands one step after the other; any number may run, a killed one loses at most its step."""

    def __init__(self, database: Database, steps: Mapping[ErrandKind, Step], pause: float = 0.5) -> None:
        self._database = database
        self._steps = steps
        self._pause = pause

    def run(self, stop: threading.Event) -> None:
        """Work until asked to stop; a database that is away is waited for."""
        while not stop.is_set():
            try:
                busy = self.run_once()
            except psycopg.OperationalError as error:
                telemetry.log("errand_waits", error=type(error).__name__)
                busy = False
            if not busy:
                stop.wait(self._pause)

    def run_once(self) -> bool:
        """One step of one errand; False when there is nothing to do."""
        taken: Errand | None = None
        try:
            with self._database.transaction() as connection:
                taken = row(connection, SQL["take_errand"], {}, Errand)
                if taken is None:
                    return False
                advance(connection, taken, self._steps[taken.kind](connection, taken))
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one errand must not stop the others; it is shown as failed
            assert taken is not None
            telemetry.log("errand_failed", errand_id=taken.id, error=type(error).__name__)
            with self._database.transaction() as connection:
                reason = f"{type(error).__name__}: {error}"[:500]
                connection.execute(SQL["note_failure"], {"id": taken.id, "error": reason})
        return True


def forget(connection: Connection) -> None:
    """Drop errands that were finished long ago, a bounded number at a time."""
    connection.execute(SQL["forget_errands"])
