"""Two models side by side: the one that serves searches, and the next, made ready newest first until it takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from psycopg import Connection

from posthus import telemetry
from posthus.database.pool import number, row, rows
from posthus.database.queries import load
from posthus.embedding.index import WORTHWHILE, standings, wanted
from posthus.jobs import EmbedMessage, MessageId, SourceId, WorkspaceId
from posthus.queue.log import put_again

SQL = load(__file__, "generations.sql")
AT_ONCE, CLEARED_AT_ONCE = 1_000, 2_000

State = Literal["serving", "next", "former"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The model that the settings ask for; `address` and what it is called there, None for the local one."""

    name: str
    dimensions: int
    address: str | None = None
    asked_as: str | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """A model with what it is for."""

    id: int
    name: str
    dimensions: int
    state: State
    address: str | None
    asked_as: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the next model is; `seconds` since it was asked for."""

    model: str
    serving: str
    messages: int
    renewed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Listed:
    id: UUID
    workspace_id: int
    source_id: int


def settle(connection: Connection, asked: Asked) -> State:
    """Note what the settings ask for: the first model serves at once, any other is made ready beside the one that does.

    Asking for the model that serves gives up the next one.
    """
    given = {
        "name": asked.name,
        "dimensions": asked.dimensions,
        "address": asked.address,
        "asked_as": asked.asked_as,
    }
    connection.execute(SQL["lock_models"])
    connection.execute(SQL["note_model"], given)
    serving = next((one.name for one in generations(connection) if one.state == "serving"), None)
    if serving is None:
        connection.execute(SQL["serve"], given)
        return "serving"
    if serving == asked.name:
        connection.execute(SQL["give_up_next"], given)
        return "serving"
    if connection.execute(SQL["make_next"], given).rowcount:
        connection.execute(SQL["forget_renewed"])
        telemetry.log("model_changes", serving=serving, next=asked.name)
    return "next"


def generations(connection: Connection) -> list[Generation]:
    """The model that serves and the next one, where there is one."""
    return rows(connection, SQL["generations"], {}, Generation)


def renew(connection: Connection) -> bool:
    """Put the next piece of history into the queue for the next model, newest first; False when nothing is left to put."""
    connection.execute(SQL["lock_models"])
    found = rows(connection, SQL["unlisted"], {"limit": AT_ONCE}, _Listed)
    jobs = [
        EmbedMessage(WorkspaceId(one.workspace_id), SourceId(one.source_id), MessageId(one.id), "bulk")
        for one in found
    ]
    put_again(connection, "embed", jobs)
    connection.execute(SQL["note_listed"], {"last": found[-1].id if found else None})
    return bool(found)


def take_over(connection: Connection, at_least: int = WORTHWHILE) -> bool:
    """Let the next model serve if every message has its vectors and every large workspace its index; True when it does.

    Whoever still asks the former one finds all of its vectors for some minutes more.
    """
    connection.execute(SQL["lock_models"])
    ready = connection.execute(SQL["next_is_complete"]).fetchone()
    if ready is None or not ready[0]:
        return False
    building = {one.id for one in generations(connection) if one.state == "next"}
    if any(
        one.model_id in building and (wanted(one, at_least) == "build" or one.busy)
        for one in standings(connection, at_least)
    ):
        return False
    for step in ("retire_serving", "serve_next", "forget_renewed"):
        connection.execute(SQL[step])
    telemetry.log("model_took_over")
    return True


def clear_former(connection: Connection) -> int:
    """Remove a piece of what models have left that serve no more; answers how many chunks."""
    return number(connection, SQL["clear_former"], {"limit": CLEARED_AT_ONCE})


def progress(connection: Connection, workspace: WorkspaceId | None = None) -> Progress | None:
    """How far the next model is in a workspace or everywhere; None where there is none."""
    return row(connection, SQL["progress"], {"workspace": workspace}, Progress)


def serving(known: Sequence[Generation], available: Sequence[str]) -> str | None:
    """Which of the available models a question is to be asked of: the one that serves, else the next, else any; pure."""
    for state in ("serving", "next"):
        for one in known:
            if one.state == state and one.name in available:
                return one.name
    return available[0] if available and not known else None
