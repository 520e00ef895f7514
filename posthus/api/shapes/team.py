"""Members, invitations, sessions, keys, the audit log and the workspace's settings."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from posthus.api.shapes.session import Member
from posthus.api.shapes.shape import Language, Named, Role, Shape

Scope = Literal["read", "write", "search", "admin"]


class TeamMember(Member):
    """A person of the workspace, as colleagues see them; invited: has not chosen a password yet."""

    disabled: bool
    invited: bool
    last_seen_at: datetime | None


class NewMember(Shape):
    """A person to be invited."""

    email: str = Field(min_length=3, max_length=320, pattern=r"^\S+@\S+$")
    name: str = Field(min_length=1, max_length=120)
    role: Role


class MemberChange(Shape):
    """What may be changed on a member."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    role: Role | None = None
    disabled: bool | None = None


class Link(Shape):
    """A link by which a member chooses a password; shown this once, to be handed over."""

    url: str
    expires_at: datetime


class Invited(Shape):
    """A new member, and the link to hand over."""

    member: TeamMember
    invitation: Link


class Invitation(Shape):
    """What a link invites to."""

    workspace: str
    email: str
    name: str
    expires_at: datetime


class Joining(Shape):
    """What accepting an invitation takes."""

    password: str = Field(min_length=8, max_length=1000)
    name: str | None = Field(default=None, min_length=1, max_length=120)


class OwnChange(Shape):
    """What a member may change on themselves."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    language: Language | None = None


class PasswordChange(Shape):
    """The password that was, and the one that shall be."""

    current: str = Field(max_length=1000)
    new: str = Field(min_length=8, max_length=1000)


class OwnSession(Shape):
    """Where the caller is signed in."""

    id: str
    current: bool
    user_agent: str
    created_at: datetime
    seen_at: datetime


class OwnSessions(Shape):
    """Everywhere the caller is signed in, the latest first."""

    items: list[OwnSession]


class Key(Shape):
    """A key that a program uses."""

    id: int
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None
    created_by: Named | None


class NewKey(Shape):
    """A key to be made, and what it may be used for."""

    name: str = Field(min_length=1, max_length=80)
    scopes: list[Scope] = Field(min_length=1)


class KeySecret(Shape):
    """A new key; the secret is shown this once."""

    key: Key
    secret: str


class Actor(Shape):
    """Who did something."""

    kind: Literal["member", "key", "command line", "system"]
    id: int | None
    name: str


class AuditEntry(Shape):
    """One thing that was done."""

    id: int
    at: datetime
    actor: Actor
    action: str
    subject: str
    detail: dict[str, object]


class AuditActions(Shape):
    """Every kind of thing that was done."""

    items: list[str]


class Workspace(Shape):
    """The workspace's own settings; mail from `domains` counts as outgoing."""

    id: int
    name: str
    domains: list[str]
    language: Language
    time_zone: str
    created_at: datetime


class WorkspaceChange(Shape):
    """What may be changed on the workspace."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    domains: list[str] | None = Field(default=None, max_length=100)
    language: Language | None = None
    time_zone: str | None = Field(default=None, max_length=60)


class Setup(Shape):
    """How far a new workspace has come: what is true is done."""

    source: bool
    conversation: bool
    colleague: bool
    tag: bool
    view: bool
    key: bool
