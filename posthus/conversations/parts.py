"""Where people's cuts and ties put messages: the parts of a thread, and the parts that are one conversation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from posthus.conversations.threads import join, root


@dataclass(frozen=True, slots=True)
class Member:
    """A message of a thread with a cut in it.

    own: the references it is known by; named: the others, the nearest last. Where a person cut, part_id is where the
    message was put: None for the thread itself.
    """

    message_id: str
    thread_id: int
    own: Sequence[str]
    named: Sequence[str]
    is_cut: bool = False
    part_id: int | None = None


def parts_of(members: Sequence[Member]) -> dict[str, int]:
    """The part that each message is in: where it was put, else where the nearest message is that it answers.

    Whoever answers nobody known, or only itself, is in the thread's own part, which has the thread's number.
    """
    by_id = {member.message_id: member for member in members}
    answered = _answered(members)
    found: dict[str, int] = {}
    for member in members:
        chain: dict[str, None] = {}
        at: str | None = member.message_id
        while at is not None and at not in found and at not in chain and not by_id[at].is_cut:
            chain[at] = None
            at = answered.get(at)
        if at is None or at in chain:
            part = member.thread_id
        elif at in found:
            part = found[at]
        else:
            part = found[at] = by_id[at].part_id or by_id[at].thread_id
        found.update(dict.fromkeys(chain, part))
    return found


def _answered(members: Sequence[Member]) -> Mapping[str, str]:
    """The message that each one answers: of several with one name, the one that was received first."""
    known: dict[str, str] = {}
    for member in sorted(members, key=lambda one: one.message_id):
        for reference in member.own:
            known.setdefault(reference, member.message_id)
    answered: dict[str, str] = {}
    for member in members:
        for reference in reversed(member.named):
            parent = known.get(reference)
            if parent is not None and parent != member.message_id:
                answered[member.message_id] = parent
                break
    return answered


def heads_of(parts: Iterable[int], ties: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The conversation that each part is shown in: the lowest number of all that are tied together."""
    parent: dict[object, object] = {}
    numbers = sorted(parts)
    for one, other in ties:
        join(parent, one, other)
    lowest: dict[object, int] = {}
    return {number: lowest.setdefault(root(parent, number), number) for number in numbers}
