"""Following clues: ties that are worked out again from all messages of a clue whenever one of them comes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson
from psycopg import Connection

from posthus.conversations.clues import Hint, number_clue, ties_of
from posthus.conversations.senders import domain_of
from posthus.database.pool import array, rows
from posthus.database.queries import load
from posthus.jobs import WorkspaceId

SQL = load(__file__, "following.sql")
Tie = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _HintRow:
    message_id: str
    thread_id: int
    sent_at: datetime
    channel: Literal["email", "chat", "form"]
    subject: str
    is_reply: bool
    own_references: int
    all_references: int
    thread_index: UUID | None
    from_address: str
    recipients: dict[str, list[dict[str, str]]]
    list_id: str | None
    contact_addresses: list[str]
    domains: list[str]
    source_addresses: list[str]

    def hint(self) -> Hint:
        """As the rule takes it."""
        written = [one["address"] for field in ("to", "cc") for one in self.recipients.get(field, [])]
        author = self.contact_addresses or [self.from_address]
        people = {self.from_address, *self.contact_addresses, *written}
        return Hint(
            self.message_id,
            self.thread_id,
            self.sent_at,
            self.subject,
            self.is_reply,
            self.all_references <= self.own_references,
            self.thread_index,
            frozenset(() if self.is_ours(self.from_address) else self._strangers(author)),
            frozenset(self._strangers(people)),
        )

    def _strangers(self, addresses: Iterable[str]) -> set[str]:
        lower = {address.lower() for address in addresses if "@" in address}
        return {one for one in lower if not self.is_ours(one) and one.replace("@", ".", 1) != self.list_id}

    def is_ours(self, address: str) -> bool:
        """Whether an address belongs to the workspace itself."""
        return address.lower() in self.source_addresses or domain_of(address) in self.domains


def follow_clues(
    connection: Connection, workspace_id: WorkspaceId, message_ids: Sequence[str], lost: Collection[int]
) -> set[int]:
    """Tie what the messages' clues tie by now; the threads whose ties changed.

    lost: clues of threads that became part of another one, which may decide what was undecided.
    """
    arrived = hints(connection, workspace_id, "hints_of_messages", array(message_ids))
    shown = {(clue, hint.thread_id) for hint in arrived for clue in hint.shown_clues}
    sought = {(clue, hint.message_id) for hint in arrived for clue in hint.sought_clues}
    parameters: dict[str, object] = {
        "workspace_id": workspace_id,
        "shown": _json({"clue": clue, "thread_id": thread} for clue, thread in sorted(shown)),
        "sought": _json({"clue": clue, "message_id": message} for clue, message in sorted(sought)),
    }
    connection.execute(SQL["show_clues"], parameters)
    if sought:
        connection.execute(SQL["seek_clues"], parameters)
    numbers = {number_clue(hint.thread_id) for hint in arrived}
    asked = {clue for clue, _ in shown} | numbers | set(lost)
    parameters = {"workspace_id": workspace_id, "clues": array(asked)}
    wanted = [clue for (clue,) in connection.execute(SQL["sought_clues"], parameters)]
    return _tie(connection, workspace_id, wanted) if wanted else set()


def clues_of(connection: Connection, workspace_id: WorkspaceId, threads: Collection[int]) -> set[int]:
    """Every clue that messages of some threads show."""
    found = hints(connection, workspace_id, "hints_of_threads", array(threads))
    return {clue for hint in found for clue in hint.shown_clues}


def _tie(connection: Connection, workspace_id: WorkspaceId, clues: Sequence[int]) -> set[int]:
    found = hints(connection, workspace_id, "hints_of_clues", array(clues))
    named = _named(connection, workspace_id, {hint.number for hint in found if hint.number is not None})
    showing: dict[int, list[Hint]] = {clue: [] for clue in clues}
    for hint in found:
        for clue in hint.shown_clues & showing.keys():
            showing[clue].append(hint)
    new: set[Tie] = {(*tie, clue) for clue in clues for tie in ties_of(clue, showing[clue], named)}
    parameters: dict[str, object] = {"workspace_id": workspace_id, "clues": array(clues)}
    old: set[Tie] = set(connection.execute(SQL["ties_of_clues"], parameters).fetchall())
    for step, ties in (("untie", old - new), ("tie", new - old)):
        if ties:
            chosen = _json({"one": one, "other": other, "clue": clue} for one, other, clue in sorted(ties))
            connection.execute(SQL[step], {"workspace_id": workspace_id, "ties": chosen})
    return {number for one, other, _ in old ^ new for number in (one, other)}


def _named(
    connection: Connection, workspace_id: WorkspaceId, numbers: Collection[int]
) -> Mapping[int, list[Hint]]:
    """The messages of the threads that numbers in subjects lead to."""
    if not numbers:
        return {}
    parameters = {"workspace_id": workspace_id, "numbers": array(numbers)}
    leads: dict[int, int] = dict(connection.execute(SQL["threads_named"], parameters).fetchall())
    found = hints(connection, workspace_id, "hints_of_threads", array(set(leads.values())))
    return {number: [hint for hint in found if hint.thread_id == thread] for number, thread in leads.items()}


def hints(connection: Connection, workspace_id: WorkspaceId, query: str, wanted: str) -> list[Hint]:
    """Hints of mail by messages, threads or clues."""
    found = rows(connection, SQL[query], {"workspace_id": workspace_id, "wanted": wanted}, _HintRow)
    return [one.hint() for one in found if one.channel == "email"]


def _json(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()
