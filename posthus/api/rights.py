"""Who may do what, in one table: roles of people and scopes of keys to actions."""

from collections.abc import Iterable, Mapping
from typing import Literal

from posthus.api.shapes.session import Action
from posthus.api.shapes.shape import Role

Scope = Literal["read", "write", "search", "admin"]

EVERYTHING: frozenset[Action] = frozenset({"read", "search", "write", "sources", "operate", "manage"})

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


def may_manage(own: Role | None, rights: frozenset[Action], role: Role) -> bool:
    """Whether a caller decides about people of this role: managers about everybody but admins, keys like admins."""
    return "manage" in rights and (role != "admin" or own in {"admin", None})
