"""Which messages belong together: connected components over every id they name, whatever order they come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from posthus.jobs import SourceId


@dataclass(frozen=True, slots=True)
class Linkable:
    """A message about to be linked: its references, and the thread it is in already, if any."""

    message_id: str
    references: Sequence[str]
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """Messages of one thread, the references not stored yet, the threads they were known in."""

    message_ids: tuple[str, ...]
    new_references: tuple[str, ...]
    thread_ids: tuple[int, ...]


def reference_of(identifier: str) -> UUID:
    """The 16 bytes that stand for a Message-ID: the first of its sha256."""
    return UUID(bytes=sha256(identifier.encode("utf-8", "surrogateescape")).digest()[:16])


def chat_reference(source_id: SourceId, conversation_key: str) -> UUID:
    """What ties the lines of one chat together; the NUL keeps mail from naming it."""
    return reference_of(f"\0chat:{source_id}:{conversation_key}")


def own_reference(message_id: UUID) -> UUID:
    """What a message without any id of its own is known by."""
    return reference_of(f"\0message:{message_id}")


def components(messages: Iterable[Linkable], known: Mapping[str, int]) -> list[Component]:
    """Group a batch into threads; `known` says in which thread a reference already is.

    A function of the set of messages: batches of any size, in any order, end in the same partition.
    """
    parent: dict[object, object] = {}
    batch = list(messages)
    for message in batch:
        home: object = ("message", message.message_id)
        parent.setdefault(home, home)
        if message.thread_id is not None:
            join(parent, home, message.thread_id)
        for reference in message.references:
            join(parent, home, known.get(reference, reference))
    return _collect(batch, known, parent)


def root(parent: dict[object, object], node: object) -> object:
    """What stands for the set that `node` is in."""
    parent.setdefault(node, node)
    top = node
    while parent[top] is not top:
        top = parent[top]
    while parent[node] is not top:
        parent[node], node = top, parent[node]
    return top


def join(parent: dict[object, object], one: object, other: object) -> None:
    """Make the sets of two nodes one."""
    first, second = root(parent, one), root(parent, other)
    if first is not second:
        parent[second] = first


def _collect(
    batch: Sequence[Linkable], known: Mapping[str, int], parent: dict[object, object]
) -> list[Component]:
    found: dict[object, tuple[dict[str, None], dict[str, None], set[int]]] = {}
    for message in batch:
        top = root(parent, ("message", message.message_id))
        message_ids, references, threads = found.setdefault(top, ({}, {}, set()))
        message_ids[message.message_id] = None
        if message.thread_id is not None:
            threads.add(message.thread_id)
        for reference in message.references:
            thread = known.get(reference)
            if thread is None:
                references[reference] = None
            else:
                threads.add(thread)
    return [
        Component(tuple(messages), tuple(references), tuple(sorted(threads)))
        for messages, references, threads in found.values()
    ]
