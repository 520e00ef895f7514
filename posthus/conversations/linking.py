"""Put filed messages into conversations: one set-based step per workspace, the same result in any order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from psycopg import Connection

from posthus.conversations.threads import Component, Linkable, components
from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import EmbedMessage, LinkMessage, WorkspaceId
from posthus.queue.log import put

SQL = load(__file__, "linking.sql")


@dataclass(frozen=True, slots=True)
class _Named:
    """One reference of a message of the batch; known_id is the conversation that the reference leads to."""

    message_id: str
    conversation_id: int | None
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
    connection.execute(SQL["lock_workspace"], {"workspace_id": workspace_id})
    batch, known = _load(connection, workspace_id, message_ids)
    if not batch:
        return
    found = components(batch, known)
    homes = _homes(connection, found)
    _merge(connection, workspace_id, found)
    linked_before = {message.message_id for message in batch if message.conversation_id is not None}
    places = [
        {"id": message_id, "conversation_id": home}
        for component, home in zip(found, homes, strict=True)
        for message_id in component.message_ids
    ]
    nodes = [
        {"reference": reference, "conversation_id": home}
        for component, home in zip(found, homes, strict=True)
        for reference in component.new_references
    ]
    parameters: dict[str, object] = {
        "workspace_id": workspace_id,
        "places": _json(places),
        "nodes": _json(nodes),
        "arrivals": _json(place for place in places if place["id"] not in linked_before),
        "conversations": _json({"id": home} for home in sorted(homes)),
    }
    for step in ("remember_references", "place_messages", "describe_conversations", "show_companies"):
        connection.execute(SQL[step], parameters)


def _load(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[str]
) -> tuple[list[Linkable], Mapping[str, int]]:
    parameters = {
        "workspace_id": workspace_id,
        "messages": _json({"id": message_id} for message_id in message_ids),
    }
    references: dict[str, list[str]] = {}
    linked: dict[str, int | None] = {}
    known: dict[str, int] = {}
    for named in rows(connection, SQL["load_batch"], parameters, _Named):
        linked[named.message_id] = named.conversation_id
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


def _homes(connection: Connection, found: Sequence[Component]) -> list[int]:
    """Each component's conversation: the lowest number it was known by, else a new one."""
    missing = sum(not component.conversation_ids for component in found)
    reserved: list[int] = []
    if missing:
        reserved = [
            number for (number,) in connection.execute(SQL["reserve_conversations"], {"count": missing})
        ]
    numbers = iter(sorted(reserved))
    return [
        component.conversation_ids[0] if component.conversation_ids else next(numbers) for component in found
    ]


def _merge(connection: Connection, workspace_id: WorkspaceId, found: Sequence[Component]) -> None:
    merges = [
        {"loser": loser, "winner": component.conversation_ids[0]}
        for component in found
        for loser in component.conversation_ids[1:]
    ]
    if not merges:
        return
    parameters: dict[str, object] = {"workspace_id": workspace_id, "merges": _json(merges)}
    steps = (
        "merge_nodes",
        "merge_messages",
        "merge_aliases",
        "merge_states",
        "remember_aliases",
        "drop_merged",
    )
    for step in steps:
        connection.execute(SQL[step], parameters)


def _json(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()
