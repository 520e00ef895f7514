"""Who does something: the same few words in activities, notes, errands and the audit log."""

from dataclasses import dataclass

from posthus.jobs import WorkspaceId

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who, and in which workspace; actor: `member:3`, `key:4`, `system`, `command line`."""

    workspace_id: WorkspaceId
    actor: str

    @property
    def member_id(self) -> int | None:
        """The member's number, if it is one."""
        return member_of(self.actor)


def member_of(actor: str) -> int | None:
    """The number in `member:3`; None for keys, the system and the command line."""
    kind, _, number = actor.partition(":")
    return int(number) if kind == "member" else None
