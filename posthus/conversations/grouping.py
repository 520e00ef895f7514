"""From threads to conversations: cuts and ties put messages where people want them, whatever came since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from psycopg import Connection

from posthus.conversations.parts import Member, heads_of, parts_of
from posthus.database.pool import array, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "grouping.sql")


@dataclass(frozen=True, slots=True)
class Groups:
    """Threads and parts that cuts or ties reach: the conversation each is shown in, and which threads are cut."""

    heads: Mapping[int, int]
    cut_threads: Sequence[int] = ()

    def head_of(self, number: int) -> int:
        """The conversation that a thread or part is shown in; its own number where nobody changed that."""
        return self.heads.get(number, number)


@dataclass(frozen=True, slots=True)
class Changed:
    """What else a transaction did to conversations.

    conversations: those whose messages changed; arrivals: messages linked for the first time; merged: numbers that are
    threads or parts no more, with the conversation where they are shown now; left: conversations that messages left.
    """

    conversations: Collection[int] = ()
    arrivals: Collection[str] = ()
    merged: Mapping[int, int] = field(default_factory=dict)
    left: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class _Reached:
    number: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _MemberRow:
    message_id: str
    thread_id: int
    conversation_id: int
    reference_ids: list[str]
    own_references: int
    is_cut: bool
    part_id: int | None

    @property
    def member(self) -> Member:
        """As the rule takes it."""
        own = self.own_references
        references = self.reference_ids
        return Member(
            self.message_id, self.thread_id, references[:own], references[own:], self.is_cut, self.part_id
        )


def lock_workspace(connection: Connection, workspace_id: WorkspaceId) -> None:
    """Wait until nobody else links or regroups in the workspace, and keep it so until the transaction ends."""
    connection.execute(SQL["lock_workspace"], {"workspace_id": workspace_id})


def absorb(connection: Connection, workspace_id: WorkspaceId, merges: Mapping[int, int]) -> None:
    """Give all that belonged to some threads or parts to the ones they turned out to be part of; all by number."""
    if not merges:
        return
    pairs = _json({"loser": loser, "winner": winner} for loser, winner in merges.items())
    for step in (
        "merge_nodes",
        "merge_messages",
        "merge_moved_messages",
        "merge_cuts",
        "merge_ties",
        "merge_aliases",
        "remember_aliases",
    ):
        connection.execute(SQL[step], {"workspace_id": workspace_id, "merges": pairs})


def regrouped(connection: Connection, workspace_id: WorkspaceId, threads: Iterable[int]) -> Groups:
    """What people did to some of these threads; empty for most."""
    parameters = {"workspace_id": workspace_id, "numbers": array(threads)}
    touched = [number for (number,) in connection.execute(SQL["find_regrouped"], parameters)]
    return read_groups(connection, workspace_id, touched) if touched else Groups({})


def read_groups(connection: Connection, workspace_id: WorkspaceId, numbers: Iterable[int]) -> Groups:
    """These threads and parts, and all that cuts and ties lead to from them."""
    parameters: dict[str, object] = {"workspace_id": workspace_id, "numbers": array(numbers)}
    reached = rows(connection, SQL["reach"], parameters, _Reached)
    parts = [one.number for one in reached]
    ties = connection.execute(
        SQL["load_ties"], {"workspace_id": workspace_id, "numbers": array(parts)}
    ).fetchall()
    return Groups(heads_of(parts, ties), [one.number for one in reached if one.is_cut])


def load_members(connection: Connection, workspace_id: WorkspaceId, threads: Sequence[int]) -> list[Member]:
    """Every message of some threads."""
    return [one.member for one in _member_rows(connection, workspace_id, threads)]


def settle(
    connection: Connection, workspace_id: WorkspaceId, groups: Groups, changed: Changed | None = None
) -> None:
    """Put the messages of the groups where they belong, and make the conversations' rows say what is in them."""
    changed = changed or Changed()
    touched = {*changed.conversations, *_arrange(connection, workspace_id, groups)}
    parameters: dict[str, object] = {
        "workspace_id": workspace_id,
        "arrivals": array(changed.arrivals),
        "conversations": array(touched),
    }
    connection.execute(SQL["describe_conversations"], parameters)
    folded = {number: head for number, head in groups.heads.items() if number != head}
    pairs = [{"loser": loser, "winner": winner} for loser, winner in {**changed.merged, **folded}.items()]
    if pairs:
        connection.execute(SQL["merge_states"], {"workspace_id": workspace_id, "merges": _json(pairs)})
    if groups.heads:
        _keep_numbers(connection, workspace_id, groups)
    if pairs:
        connection.execute(SQL["drop_merged"], {"workspace_id": workspace_id, "merges": _json(pairs)})
    if groups.heads or changed.left:
        related = array({*groups.heads, *groups.heads.values()})
        connection.execute(SQL["drop_empty"], {**parameters, "related": related})
    connection.execute(SQL["stand_on_board"], parameters)


def _arrange(connection: Connection, workspace_id: WorkspaceId, groups: Groups) -> set[int]:
    """Move messages whose part is shown in another conversation than before; the conversations concerned."""
    if not groups.heads:
        return set()
    heads = sorted(set(groups.heads.values()))
    connection.execute(SQL["bring_back"], {"workspace_id": workspace_id, "conversations": array(heads)})
    whole = [number for number in groups.heads if number not in groups.cut_threads]
    threads = _json({"thread": number, "conversation": groups.heads[number]} for number in whole)
    for step in ("move_threads", "move_moved_threads"):
        connection.execute(SQL[step], {"workspace_id": workspace_id, "threads": threads})
    members = _member_rows(connection, workspace_id, groups.cut_threads) if groups.cut_threads else []
    parts = parts_of([one.member for one in members])
    places = [
        {
            "id": one.message_id,
            "thread": one.thread_id,
            "conversation": groups.head_of(parts[one.message_id]),
        }
        for one in members
        if one.conversation_id != groups.head_of(parts[one.message_id])
    ]
    if places:
        connection.execute(SQL["move_messages"], {"workspace_id": workspace_id, "places": _json(places)})
    return {*heads, *groups.heads, *(one.conversation_id for one in members)}


def _keep_numbers(connection: Connection, workspace_id: WorkspaceId, groups: Groups) -> None:
    parts = [{"part": number, "conversation": head} for number, head in sorted(groups.heads.items())]
    parameters = {"workspace_id": workspace_id, "parts": _json(parts)}
    for step in ("remember_parts", "follow_parts", "forget_aliases"):
        connection.execute(SQL[step], parameters)


def _member_rows(
    connection: Connection, workspace_id: WorkspaceId, threads: Sequence[int]
) -> list[_MemberRow]:
    parameters: dict[str, object] = {"workspace_id": workspace_id, "threads": array(threads)}
    return rows(connection, SQL["load_members"], parameters, _MemberRow)


def _json(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()
