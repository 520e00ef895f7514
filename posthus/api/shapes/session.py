"""Signing in, and who is signed in."""

from typing import Literal

from pydantic import Field

from posthus.api.shapes.shape import Language, Named, Role, Shape

Action = Literal["read", "search", "write", "sources", "operate", "manage"]


class Login(Shape):
    """What signing in takes."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)


class Member(Shape):
    """A person of the workspace."""

    id: int
    email: str
    name: str
    role: Role
    language: Language | None


class Session(Shape):
    """Who is signed in; `csrf` goes into the header X-CSRF-Token of every write."""

    member: Member
    workspace: Named
    time_zone: str
    csrf: str
    rights: list[Action]
