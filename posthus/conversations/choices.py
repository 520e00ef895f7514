"""Who is who, decided in memory: which known company or contact a key leads to, and what is claimed for it. Pure."""

from collections.abc import Mapping, MutableMapping, Sequence

from posthus.conversations.drafts import Key


def choose(
    wanted: Sequence[tuple[Key, ...]],
    known: Mapping[Key, int],
    numbers: Mapping[int, str],
) -> tuple[list[int], dict[Key, int]]:
    """For each tuple of keys, surest first, its number; below zero for one that must be made.

    numbers: the company number of each company that has one; a company never gets a second.
    Returns also which number each key not known yet is claimed for.
    """
    claims: dict[Key, int] = {}
    own_numbers: MutableMapping[int, str] = dict(numbers)
    chosen: list[int] = []
    for keys in wanted:
        number = next((value for kind, value in keys if kind == "cvr"), None)
        found = _first(keys, known, claims)
        if found is not None and number is not None and own_numbers.get(found, number) != number:
            found = None  # the domain is shared by companies with numbers of their own
        if found is None:
            found = -1 - len(chosen)
        if number is not None:
            own_numbers.setdefault(found, number)
        for key in keys:
            if key not in known:
                claims.setdefault(key, found)
        chosen.append(found)
    return chosen, claims


def _first(keys: Sequence[Key], known: Mapping[Key, int], claims: Mapping[Key, int]) -> int | None:
    for key in keys:
        found = known.get(key, claims.get(key))
        if found is not None:
            return found
    return None


def better_name(current: str, offered: str) -> str:
    """The one that reads more like a person's name; the one already there when they are alike."""
    return offered if _rank(offered) > _rank(current) else current


def _rank(name: str) -> int:
    if not name.strip():
        return 0
    if "@" in name or not any(character.isalpha() for character in name):
        return 1
    words = name.split()
    return 2 + (len(words) > 1) + (not name.isupper() and not name.islower())
