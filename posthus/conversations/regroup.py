"""Split and merge by hand: decisions that later mail, replays and linking again keep to, and that can be undone.

What hangs on a conversation: its own row is kept and brought back (`conversation_alias.was`); rows elsewhere keep the
number they were written under, which always leads to the conversation that shows it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson
from psycopg import Connection

from posthus.conversations.grouping import Changed, absorb, load_members, lock_workspace, read_groups, settle
from posthus.conversations.parts import Member, parts_of
from posthus.database.pool import array, rows
from posthus.database.queries import load
from posthus.jobs import ConversationId, MessageId, WorkspaceId

SQL = load(__file__, "regroup.sql")


class RegroupError(Exception):
    """The conversations cannot be split or merged like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What was done, as plain JSON values, and what undoing it needs.

    conversation_id: the one split off, or the one that is left of a merge. cuts: [message, put, was cut before, where
    it was put before]. ties: pairs of numbers. kept: the status and assignee of the merge's conversation before it
    and after it.
    """

    kind: Literal["split", "merge"]
    conversation_id: int
    origin: int
    cuts: Sequence[tuple[str, int | None, bool, int | None]] = ()
    ties: Sequence[tuple[int, int]] = ()
    kept: Sequence[tuple[str, int | None]] = ()


@dataclass(frozen=True, slots=True)
class _Standing:
    message_id: str
    thread_id: int


def split(
    connection: Connection,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    message_ids: Collection[MessageId],
) -> Regrouped:
    """Move some of a conversation's messages, and later answers to them, into a conversation of their own.

    Raises RegroupError unless they are some of its messages, but not all.
    """
    lock_workspace(connection, workspace_id)
    origin = _shown(connection, workspace_id, [conversation_id])[0]
    here = rows(connection, SQL["messages_of"], {"workspace_id": workspace_id, "id": origin}, _Standing)
    chosen = {str(message_id) for message_id in message_ids}
    if not chosen or not chosen <= {one.message_id for one in here}:
        raise RegroupError("choose messages of this conversation")
    if len(chosen) == len(here):
        raise RegroupError("one message at least must stay")
    threads = sorted({one.thread_id for one in here if one.message_id in chosen})
    parameters: dict[str, object] = {"workspace_id": workspace_id, "origin": origin}
    [(part,)] = connection.execute(SQL["begin_part"], parameters).fetchall()
    members = load_members(connection, workspace_id, threads)
    cuts = _cuts(members, chosen, part)
    written = _json({"id": message_id, "put": put} for message_id, put, _, _ in cuts)
    connection.execute(SQL["cut"], {"workspace_id": workspace_id, "cuts": written})
    settle(
        connection, workspace_id, read_groups(connection, workspace_id, [*threads, part]), Changed([origin])
    )
    return Regrouped("split", part, origin, cuts=cuts)


def _cuts(
    members: Sequence[Member], chosen: Collection[str], part: int
) -> list[tuple[str, int | None, bool, int | None]]:
    """Where to cut so that the chosen messages go and nothing else moves with them."""
    before = parts_of(members)
    after = parts_of(
        [
            Member(one.message_id, one.thread_id, one.own, one.named, is_cut=True, part_id=part)
            if one.message_id in chosen
            else one
            for one in members
        ]
    )
    cuts: list[tuple[str, int | None, bool, int | None]] = []
    for one in members:
        if after[one.message_id] == before[one.message_id]:
            continue
        stays = before[one.message_id] if before[one.message_id] != one.thread_id else None
        put = part if one.message_id in chosen else stays
        cuts.append((one.message_id, put, one.is_cut, one.part_id))
    return cuts


def merge(
    connection: Connection,
    workspace_id: WorkspaceId,
    into: ConversationId,
    others: Collection[ConversationId],
) -> Regrouped:
    """Make several conversations one: the lowest number stays, the others lead there.

    Raises RegroupError unless there are at least two, all of this workspace.
    """
    lock_workspace(connection, workspace_id)
    numbers = sorted(set(_shown(connection, workspace_id, [into, *others])))
    if len(numbers) < 2:
        raise RegroupError("choose another conversation to merge with")
    kept, *rest = numbers
    ties = [(kept, other) for other in rest]
    before = _decided(connection, workspace_id, kept)
    connection.execute(SQL["tie"], {"workspace_id": workspace_id, "ties": _pairs(ties)})
    settle(connection, workspace_id, read_groups(connection, workspace_id, numbers))
    after = _decided(connection, workspace_id, kept)
    return Regrouped("merge", kept, kept, ties=ties, kept=[before, after])


def undo(connection: Connection, workspace_id: WorkspaceId, done: Regrouped) -> ConversationId:
    """Take back a split or a merge; the conversation where its messages are now. Twice is once.

    What came since stays where it would have come without it.
    """
    lock_workspace(connection, workspace_id)
    if done.kind == "split":
        _undo_split(connection, workspace_id, done)
    else:
        _undo_merge(connection, workspace_id, done)
    return ConversationId(_shown(connection, workspace_id, [done.origin])[0])


def _undo_split(connection: Connection, workspace_id: WorkspaceId, done: Regrouped) -> None:
    part, origin = done.conversation_id, _part(connection, workspace_id, done.origin)
    reached = {*read_groups(connection, workspace_id, [part, origin]).heads} - {part}
    earlier = {was for _, _, _, was in done.cuts if was is not None}
    undone = {was for was in earlier if _part(connection, workspace_id, was) != was}
    cuts = [
        {"id": message_id, "put": put, "was_cut": was_cut and was not in undone, "was": was}
        for message_id, put, was_cut, was in done.cuts
    ]
    parameters: dict[str, object] = {"workspace_id": workspace_id, "cuts": _json(cuts), "part": part}
    for step in ("restore_cuts", "drop_restored_cuts", "drop_cuts_into"):
        connection.execute(SQL[step], parameters)
    absorb(connection, workspace_id, {part: origin})
    groups = read_groups(connection, workspace_id, reached)
    settle(connection, workspace_id, groups, Changed([part], merged={part: groups.head_of(origin)}))


def _undo_merge(connection: Connection, workspace_id: WorkspaceId, done: Regrouped) -> None:
    ties = [
        (_part(connection, workspace_id, one), _part(connection, workspace_id, other))
        for one, other in done.ties
    ]
    reached = [*read_groups(connection, workspace_id, {number for tie in ties for number in tie}).heads]
    parameters: dict[str, object] = {"workspace_id": workspace_id, "ties": _pairs(ties)}
    connection.execute(SQL["untie"], parameters)
    settle(connection, workspace_id, read_groups(connection, workspace_id, reached))
    before, after = done.kept
    decided = {
        "workspace_id": workspace_id,
        "id": done.conversation_id,
        "status": before[0],
        "assignee_id": before[1],
        "later_status": after[0],
        "later_assignee_id": after[1],
    }
    connection.execute(SQL["decide_again"], decided)


def _shown(connection: Connection, workspace_id: WorkspaceId, numbers: Sequence[int]) -> list[int]:
    """The conversations that some numbers lead to, one each."""
    parameters = {"workspace_id": workspace_id, "numbers": array(numbers)}
    shown: dict[int, int] = dict(connection.execute(SQL["shown"], parameters).fetchall())
    unknown = [number for number in numbers if number not in shown]
    if unknown:
        raise RegroupError(f"there is no conversation {unknown[0]}")
    return [shown[number] for number in numbers]


def _part(connection: Connection, workspace_id: WorkspaceId, number: int) -> int:
    """The thread or part that an older number belongs to by now."""
    parameters = {"workspace_id": workspace_id, "number": number}
    found = connection.execute(SQL["part_of"], parameters).fetchone()
    return int(found[0]) if found else number


def _decided(connection: Connection, workspace_id: WorkspaceId, number: int) -> tuple[str, int | None]:
    [(status, assignee_id)] = connection.execute(
        SQL["decided"], {"workspace_id": workspace_id, "id": number}
    ).fetchall()
    return status, assignee_id


def _pairs(ties: Sequence[tuple[int, int]]) -> str:
    return _json({"one": min(tie), "other": max(tie)} for tie in ties)


def _json(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()
