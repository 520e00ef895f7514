"""Why another program puts mail into other threads: every join that only one of the two makes, by its reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from posthus.conversations.clues import WINDOW
from posthus.conversations.threads import join, root

Names = Mapping[str, object]  # which thread or conversation a message is in


@dataclass(frozen=True, slots=True)
class Known:
    """What threads may be made from.

    ids: its own and those it names; addresses: what stands where ids should and is somebody's address; thread: what
    ids alone put it into.
    """

    message_id: str
    ids: frozenset[str]
    addresses: frozenset[str]
    subject: str
    is_reply: bool
    sent_at: datetime
    thread: int

    @property
    def alone(self) -> bool:
        """Whether it names no id but its own."""
        return self.ids <= {self.message_id}


def joins(mails: Sequence[Known], whole: Names, parts: Names, *, theirs: bool) -> Counter[str]:
    """The joins by which `whole` makes one of what are several in `parts`, counted by reason; likelier reasons first."""
    groups: dict[object, list[Known]] = {}
    for mail in mails:
        groups.setdefault(whole[mail.message_id], []).append(mail)
    here = {mail.message_id for mail in mails}
    counted: Counter[str] = Counter()
    for group in groups.values():
        if len({parts[mail.message_id] for mail in group}) == 1:
            continue
        parent: dict[object, object] = {}
        for reason, one, other in sorted(
            _pairs(group, parts, here, theirs=theirs), key=lambda found: found[0]
        ):
            first, second = parts[one.message_id], parts[other.message_id]
            if root(parent, first) != root(parent, second):
                join(parent, first, second)
                counted[reason[1]] += 1
        unexplained = len({root(parent, parts[mail.message_id]) for mail in group}) - 1
        if unexplained:
            counted["not explained"] += unexplained
    return counted


def _pairs(
    group: Sequence[Known], parts: Names, here: set[str], *, theirs: bool
) -> Iterable[tuple[tuple[int, str], Known, Known]]:
    why = _why_they_join if theirs else _why_we_join
    for one, other in combinations(sorted(group, key=lambda mail: mail.sent_at), 2):
        if parts[one.message_id] != parts[other.message_id]:
            reason = why(one, other, here)
            if reason is not None:
                yield reason, one, other


def _why_they_join(earlier: Known, later: Known, here: set[str]) -> tuple[int, str] | None:
    if earlier.ids & later.ids:
        return 0, "an id that both name"
    if earlier.addresses & later.addresses:
        return 1, "an address that both have where an id should be"
    if not earlier.subject or earlier.subject != later.subject:
        orphan = earlier.ids - here or later.ids - here
        return (5, "nothing in common; one answers mail that is not here") if orphan else None
    return _same_subject(later, late=later.sent_at - earlier.sent_at > WINDOW)


def _same_subject(later: Known, *, late: bool) -> tuple[int, str]:
    if not later.is_reply:
        return 4, "the same subject, the later without Re:"
    if not later.alone:
        return 2, "the same subject, the later answers mail that is not here"
    if late:
        return 3, "the same subject, an answer without ids, more than 30 days later"
    return 3, "the same subject, an answer without ids, of strangers or with two candidates"


def _why_we_join(earlier: Known, later: Known, here: set[str]) -> tuple[int, str] | None:
    shared = earlier.ids & later.ids
    if shared & here:
        return 0, "an id of mail that is here"
    if shared:
        return 1, "an id of mail that never came"
    if earlier.thread != later.thread and earlier.subject == later.subject:
        return 2, "an answer without ids, by its subject (a tie)"
    return None
