"""Which messages belong together: connected components over every id they name, whatever order they come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from posthus.jobs import SourceId


@dataclass(frozen=True, slots=True)
class Linkable:
    """A message about to be linked: its references, and the conversation it is in already, if any."""

    message_id: str
    references: Sequence[str]
    conversation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """Messages that are one conversation, the references not stored yet, the conversations they were known in."""

    message_ids: tuple[str, ...]
    new_references: tuple[str, ...]
    conversation_ids: tuple[int, ...]


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
    """Group a batch; `known` says in which conversation a reference already is.

    A function of the set of messages: batches of any size, in any order, end in the same partition.
    """
    parent: dict[object, object] = {}
    batch = list(messages)
    for message in batch:
        home: object = ("message", message.message_id)
        parent.setdefault(home, home)
        if message.conversation_id is not None:
            _join(parent, home, message.conversation_id)
        for reference in message.references:
            _join(parent, home, known.get(reference, reference))
    return _collect(batch, known, parent)


def _root(parent: dict[object, object], node: object) -> object:
    parent.setdefault(node, node)
    root = node
    while parent[root] is not root:
        root = parent[root]
    while parent[node] is not root:
        parent[node], node = root, parent[node]
    return root


def _join(parent: dict[object, object], one: object, other: object) -> None:
    first, second = _root(parent, one), _root(parent, other)
    if first is not second:
        parent[second] = first


def _collect(
    batch: Sequence[Linkable], known: Mapping[str, int], parent: dict[object, object]
) -> list[Component]:
    found: dict[object, tuple[dict[str, None], dict[str, None], set[int]]] = {}
    for message in batch:
        root = _root(parent, ("message", message.message_id))
        message_ids, references, conversations = found.setdefault(root, ({}, {}, set()))
        message_ids[message.message_id] = None
        if message.conversation_id is not None:
            conversations.add(message.conversation_id)
        for reference in message.references:
            conversation = known.get(reference)
            if conversation is None:
                references[reference] = None
            else:
                conversations.add(conversation)
    return [
        Component(tuple(messages), tuple(references), tuple(sorted(conversations)))
        for messages, references, conversations in found.values()
    ]
