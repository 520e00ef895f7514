"""What else a word may be in the index: its other forms, other spellings, what it begins, the parts of a compound."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import LinkMessage, WorkspaceId
from posthus.search.words import Term, quoted

SQL = load(__file__, "vocabulary.sql")
SHORTEST = 3  # a word to be completed or taken apart
SHORTEST_STEM = 4  # what two forms of a word share at least
LONGEST_ENDING = 4
LONGEST = 40
LONG = 8  # in so long a word two slips are forgiven
MOST_WORDS = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyzæøå"
_BETWEEN = re.compile(r"[._\-+@]+")
_JOINTS = ("", "s", "e")  # what Danish puts between the parts of a compound
# Endings of Danish and English words; the stemmer takes `tagrende` and `tagrender` for two different words.
_ENDINGS = frozenset({
    "", "e", "en", "et", "er", "ene", "erne", "ens", "ets", "ers", "enes", "ernes", "es", "s", "r",
    "rne", "rnes", "n", "ne", "nes", "t", "te", "de", "ede", "ed", "d", "ing", "ings", "ly",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A word that the workspace has, with its stems; found for the word of that number."""

    number: int
    word: str
    stems: list[str]


def learn_words(connection: Connection, jobs: Sequence[LinkMessage]) -> None:
    """The stage `words`: remember every word of the messages; running twice changes nothing."""
    connection.execute(SQL["learn_words"], {"messages": [job.message_id for job in jobs]})


def inflected(connection: Connection, workspace: WorkspaceId, words: Sequence[Term]) -> list[Term]:
    """The terms with the stems of their other forms that the workspace has."""
    asked = [
        {
            "number": at,
            "beginning": term.said[: max(SHORTEST_STEM, len(term.said) - LONGEST_ENDING)],
            "longest": len(term.said) + LONGEST_ENDING,
        }
        for at, term in enumerate(words)
        if term.said.isalpha() and len(term.said) >= SHORTEST_STEM
    ]
    found = _asked(connection, "words_beginning", workspace, asked)
    return [
        _with(term, [one for one in found if one.number == at and same_word(one.word, term.said)])
        for at, term in enumerate(words)
    ]


def same_word(one: str, other: str) -> bool:
    """Whether two words differ in their endings only."""
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return any(
        one[cut:] in _ENDINGS and other[cut:] in _ENDINGS
        for cut in range(max(SHORTEST_STEM, shared - LONGEST_ENDING), shared + 1)
    )


def widened(connection: Connection, workspace: WorkspaceId, unknown: Sequence[Term]) -> list[Term]:
    """The terms that nothing has, with what they may have been meant to be; unchanged where nothing is near."""
    worded = {at: term.said for at, term in enumerate(unknown) if _wordlike(term.said)}
    alike = _alike(connection, workspace, worded)
    parts = _known(connection, workspace, {part for word in worded.values() for part in _parts(word)})
    return [
        replace(_with(term, alike.get(at, ())), also=_split(term.said, parts), meant=bool(alike.get(at)))
        if at in worded
        else replace(term, also=_beginning(term))
        for at, term in enumerate(unknown)
    ]


def compounds(connection: Connection, workspace: WorkspaceId, words: Sequence[Term]) -> list[Term]:
    """Neighbouring words as the one word they may also be written as: `tag rende` is `tagrende`."""
    pairs = {
        (left, right): [f"{left.said}{joint}{right.said}" for joint in _JOINTS]
        for left, right in pairwise(words)
        if left.piece + 1 == right.piece and _wordlike(left.said) and _wordlike(right.said)
    }
    known = _known(connection, workspace, {word for written in pairs.values() for word in written})
    found = []
    for (left, _), written in pairs.items():
        forms = tuple(dict.fromkeys(form for word in written for form in known.get(word, ())))
        if forms:
            found.append(replace(left, said=written[0], lexemes=forms, also=(), joined=True))
    return found


def _with(term: Term, words: Iterable[Known]) -> Term:
    forms = dict.fromkeys((*term.lexemes, *(stem for one in words for stem in one.stems)))
    return replace(term, lexemes=tuple(forms))


def _alike(
    connection: Connection, workspace: WorkspaceId, worded: Mapping[int, str]
) -> dict[int, Sequence[Known]]:
    """A word begun is completed; only what nothing begins with is taken for a slip of the keys."""
    begun = [{"number": at, "beginning": word, "longest": LONGEST} for at, word in worded.items()]
    alike = _by_number(_asked(connection, "words_beginning", workspace, begun))
    slipped = {at: slips(word) for at, word in worded.items() if at not in alike}
    known = _known(connection, workspace, {word for words in slipped.values() for word in words})
    for at, words in slipped.items():
        found = [Known(at, word, known[word]) for word in sorted(words) if word in known]
        if found:
            alike[at] = found[:MOST_WORDS]
    far = [
        {"number": at, "word": word} for at, word in worded.items() if at not in alike and len(word) >= LONG
    ]
    if far:
        connection.execute(SQL["set_nearness"])
        found = _asked(connection, "words_alike", workspace, far)
        alike |= _by_number([one for one in found if near(one.word, worded[one.number])])
    return alike


def _by_number(found: Iterable[Known]) -> dict[int, Sequence[Known]]:
    grouped: dict[int, list[Known]] = {}
    for one in found:
        grouped.setdefault(one.number, []).append(one)
    return {at: words[:MOST_WORDS] for at, words in grouped.items()}


def slips(word: str) -> set[str]:
    """Every word that one letter left out, put in, exchanged or swapped with its neighbour makes of this one."""
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    out = {left + right[1:] for left, right in halves if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    exchanged = {left + letter + right[1:] for left, right in halves if right for letter in _LETTERS}
    put_in = {left + letter + right for left, right in halves for letter in _LETTERS}
    return {one for one in out | swapped | exchanged | put_in if len(one) >= SHORTEST} - {word}


def _asked(
    connection: Connection, query: str, workspace: WorkspaceId, words: Sequence[Mapping[str, object]]
) -> list[Known]:
    if not words:
        return []
    return rows(connection, SQL[query], {"workspace": workspace, "words": Jsonb(list(words))}, Known)


def _known(connection: Connection, workspace: WorkspaceId, words: Iterable[str]) -> dict[str, list[str]]:
    wanted = sorted(set(words))
    if not wanted:
        return {}
    found = rows(connection, SQL["words_known"], {"workspace": workspace, "words": wanted}, Known)
    return {one.word: one.stems for one in found}


def _beginning(term: Term) -> tuple[str, ...]:
    """A number or an address that is not yet typed to its end, and an address by its parts, as names are kept."""
    forms = [form for form in term.lexemes if len(form.lstrip("-")) >= SHORTEST]
    parts = [part for part in _BETWEEN.split(term.said) if part]
    whole = (
        (f"({' <-> '.join([*map(quoted, parts[:-1]), f'{quoted(parts[-1])}:*'])})",) if len(parts) > 1 else ()
    )
    return (*(f"{quoted(form)}:*" for form in forms), *whole)


def _wordlike(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha()


def _parts(word: str) -> list[str]:
    """Every beginning and end of at least three letters, beginnings without what joins them too."""
    cuts = range(SHORTEST, len(word) - SHORTEST + 1)
    heads = [word[:cut].removesuffix(joint) for cut in cuts for joint in _JOINTS]
    return [*heads, *(word[cut:] for cut in cuts)]


def _split(word: str, known: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The compound as both of its parts, cut where the last part is longest."""
    for cut in range(SHORTEST, len(word) - SHORTEST + 1):
        tail = known.get(word[cut:])
        heads = (known.get(word[:cut].removesuffix(joint)) for joint in _JOINTS)
        head = next((one for one in heads if one), None)
        if head and tail:
            both = [" | ".join(quoted(form) for form in forms) for forms in (head, tail)]
            return (f"(({both[0]}) & ({both[1]}))",)
    return ()


def near(one: str, other: str) -> bool:
    """Whether a slip makes one of the other: one letter of a short word, two of a long one."""
    allowed = 1 if min(len(one), len(other)) < LONG else 2
    return abs(len(one) - len(other)) <= allowed and _distance(one, other) <= allowed


def _distance(one: str, other: str) -> int:
    """Letters put in, left out, exchanged or swapped with their neighbour (Damerau 1964, restricted)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, second in enumerate(other, start=1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != second))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == second
            this.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, last = last, this
    return last[-1]
