"""Put filed messages into conversations: one set-based step per workspace, the same result in any order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from psycopg import Connection

from posthus.conversations.grouping import Changed, absorb, lock_workspace, regrouped, settle
from posthus.conversations.threads import Component, Linkable, components
from posthus.database.pool import array, rows
from posthus.database.queries import load
from posthus.jobs import EmbedMessage, LinkMessage, WorkspaceId
from posthus.queue.log import put

SQL = load(__file__, "linking.sql")


@dataclass(frozen=True, slots=True)
class _Named:
    """One reference of a message of the batch; known_id is the thread that the reference leads to."""

    message_id: str
    thread_id: int | None
    reference: str | None
    known_id: int | None


def link_messages(connection: Connection, jobs: Sequence[LinkMessage]) -> None:
    """Find the conversation of each message; conversations that a message ties together become one.

    Workspaces are taken in order of their number, each under a lock that lasts until the commit.
    """
    for workspace_id in sorted({job.workspace_id for job in jobs}):
        ids = dict.fromkeys(str(job.message_id) for job in jobs if job.workspace_id == workspace_id)
        _link_workspace(connection, workspace_id, list(ids))
    put(connection, [EmbedMessage(job.workspace_id, job.source_id, job.message_id, job.lane) for job in jobs])


def _link_workspace(connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[str]) -> None:
    lock_workspace(connection, workspace_id)
    batch, known = _load(connection, workspace_id, message_ids)
    if not batch:
        return
    found = components(batch, known)
    threads = _threads(connection, found)
    merges = {
        loser: thread
        for component, thread in zip(found, threads, strict=True)
        for loser in component.thread_ids[1:]
    }
    absorb(connection, workspace_id, merges)
    groups = regrouped(connection, workspace_id, threads)
    places = [
        {"id": message_id, "thread": thread, "conversation": groups.head_of(thread)}
        for component, thread in zip(found, threads, strict=True)
        for message_id in component.message_ids
    ]
    nodes = [
        {"reference": reference, "thread_id": thread}
        for component, thread in zip(found, threads, strict=True)
        for reference in component.new_references
    ]
    parameters: dict[str, object] = {
        "workspace_id": workspace_id,
        "places": _json(places),
        "nodes": _json(nodes),
    }
    connection.execute(SQL["remember_references"], parameters)
    connection.execute(SQL["place_messages"], parameters)
    changed = Changed(
        {groups.head_of(thread) for thread in threads},
        [message.message_id for message in batch if message.thread_id is None],
        {loser: groups.head_of(thread) for loser, thread in merges.items()},
    )
    settle(connection, workspace_id, groups, changed)
    connection.execute(SQL["show_companies"], {"workspace_id": workspace_id, "messages": array(message_ids)})


def _load(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[str]
) -> tuple[list[Linkable], Mapping[str, int]]:
    parameters = {
        "workspace_id": workspace_id,
        "messages": array(message_ids),
    }
    references: dict[str, list[str]] = {}
    linked: dict[str, int | None] = {}
    known: dict[str, int] = {}
    for named in rows(connection, SQL["load_batch"], parameters, _Named):
        linked[named.message_id] = named.thread_id
        mentioned = references.setdefault(named.message_id, [])
        if named.reference is not None:
            mentioned.append(named.reference)
            if named.known_id is not None:
                known[named.reference] = named.known_id
    batch = [
        Linkable(message_id, tuple(mentioned), linked[message_id])
        for message_id, mentioned in references.items()
    ]
    return batch, known


def _threads(connection: Connection, found: Sequence[Component]) -> list[int]:
    """Each component's thread: the lowest number it was known by, else a new one."""
    missing = sum(not component.thread_ids for component in found)
    reserved: list[int] = []
    if missing:
        reserved = [number for (number,) in connection.execute(SQL["reserve_threads"], {"count": missing})]
    numbers = iter(sorted(reserved))
    return [component.thread_ids[0] if component.thread_ids else next(numbers) for component in found]


def _json(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()
