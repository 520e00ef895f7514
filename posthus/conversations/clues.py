"""What ties messages together that no id ties: subjects, Outlook's thread index, numbers in subjects. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from posthus.conversations.subjects import normalise_subject
from posthus.conversations.threads import join, root

WINDOW = timedelta(days=30)
MIN_SUBJECT = 4
# A subject that so many messages carry ("Re: order") tells nothing.
MAX_MESSAGES = 2_000
NUMBER = re.compile(r"\[[^\[\]#]{0,20}#(\d{1,15})\]")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a message may be recognised by.

    people: the addresses in it, in lower case, without our own and without the list that it came through. alone:
    whether it names no id but its own.
    """

    message_id: str
    thread_id: int
    sent_at: datetime
    subject: str
    is_reply: bool
    alone: bool
    thread_index: UUID | None
    author: frozenset[str]
    people: frozenset[str]
    subject_clue: int | None = field(init=False)
    index_clue: int | None = field(init=False)
    number: int | None = field(init=False)

    def __post_init__(self) -> None:
        """The clues, worked out once: a subject's where it is long enough, Outlook's with the subject.

        With the subject, because people answer old mail to begin a new matter. number: as in `[#1042]`.
        """
        subject, index = normalise_subject(self.subject), self.thread_index
        numbered = NUMBER.search(self.subject)
        found = {
            "subject_clue": clue_of("subject", subject) if len(subject) >= MIN_SUBJECT else None,
            "index_clue": clue_of("index", f"{index} {subject}") if index is not None else None,
            "number": int(numbered.group(1)) if numbered else None,
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def shown_clues(self) -> set[int]:
        """Clues by which others may find it."""
        number = number_clue(self.number) if self.number is not None else None
        return {clue for clue in (self.subject_clue, self.index_clue, number) if clue is not None}

    @property
    def sought_clues(self) -> set[int]:
        """Clues by which it looks for others."""
        subject = self.subject_clue if self.seeks else None
        number = number_clue(self.number) if self.number is not None else None
        return {clue for clue in (subject, self.index_clue, number) if clue is not None}

    @property
    def seeks(self) -> bool:
        """Whether it answers something and has lost the ids of what it answers."""
        return self.alone and self.is_reply


def clue_of(kind: str, text: str) -> int:
    """A clue as a number above 0."""
    digest = sha256(f"{kind}:{text}".encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") >> 1 or 1


def number_clue(number: int) -> int:
    """The clue of a conversation's number in a subject."""
    return clue_of("number", str(number))


def ties_of(clue: int, hints: Sequence[Hint], named: Mapping[int, Sequence[Hint]]) -> set[tuple[int, int]]:
    """The threads that a clue ties together, lower number first; a function of the set of messages.

    hints: every message that shows the clue; named: by number, the messages of the conversation.
    """
    by_index = sorted({hint.thread_id for hint in hints if hint.index_clue == clue})
    ties = {(by_index[0], other) for other in by_index[1:]}
    same_subject = [hint for hint in hints if hint.subject_clue == clue]
    if len(same_subject) <= MAX_MESSAGES:
        ties |= _subject_ties(same_subject)
    for hint in hints:
        if hint.number is not None and number_clue(hint.number) == clue:
            ties |= _number_ties(hint, named.get(hint.number, ()))
    return {(min(tie), max(tie)) for tie in ties}


def _number_ties(hint: Hint, conversation: Iterable[Hint]) -> set[tuple[int, int]]:
    """Who names a conversation's number must be one of its people."""
    return {
        (hint.thread_id, other.thread_id)
        for other in conversation
        if other.thread_id != hint.thread_id and hint.author & other.people
    }


def _subject_ties(hints: Iterable[Hint]) -> set[tuple[int, int]]:
    """An answer without ids joins the one thread of its subject with a mail of the 30 days before to or from its people.

    Its author must be named there, or the author there must be named in it: a list that both went to is not enough.
    Two such threads are one too many: better no answer than a wrong one.
    """
    ties: set[tuple[int, int]] = set()
    parent: dict[object, object] = {}
    wrote: dict[str, dict[int, datetime]] = {}
    named: dict[str, dict[int, datetime]] = {}
    for hint in sorted(hints, key=lambda one: (one.sent_at, one.message_id)):
        if hint.seeks:
            met = [named.get(person, {}) for person in hint.author]
            met += [wrote.get(person, {}) for person in hint.people]
            since = hint.sent_at - WINDOW
            threads = {thread for seen in met for thread, at in seen.items() if at >= since}
            own = root(parent, hint.thread_id)
            candidates = {top for thread in threads if (top := root(parent, thread)) != own}
            if len(candidates) == 1:
                target = min(thread for thread in threads if root(parent, thread) in candidates)
                ties.add((hint.thread_id, target))
                join(parent, hint.thread_id, target)
        for people, seen_by in ((hint.author, wrote), (hint.people, named)):
            for person in people:
                seen_by.setdefault(person, {})[hint.thread_id] = hint.sent_at
    return ties
