"""Who may do what, in one table: roles of people and scopes of keys to actions."""

from collections.abc import Iterable, Mapping
from typing import Literal

from posthus.api.shapes.shape import Role

Action = Literal["read", "search", "write", "sources", "operate"]
Scope = Literal["read", "write", "search", "admin"]

EVERYTHING: frozenset[Action] = frozenset({"read", "search", "write", "sources", "operate"})

ROLES: Mapping[Role, frozenset[Action]] = {
    "admin": EVERYTHING,
    "manager": EVERYTHING,
    "agent": frozenset({"read", "search", "write"}),
    "read-only": frozenset({"read", "search"}),
}

SCOPES: Mapping[Scope, frozenset[Action]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"write"}),
    "search": frozenset({"search"}),
    "admin": EVERYTHING,
}


def rights_of(scopes: Iterable[Scope]) -> frozenset[Action]:
    """What a key may do: the union of its scopes."""
    return frozenset[Action]().union(*(SCOPES[scope] for scope in scopes))
