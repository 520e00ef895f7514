"""Where messages lie in the folders of a mailbox: what the follower writes, always under its lease."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from posthus.database.pool import Database, row
from posthus.intake.imap_mailboxes import SQL, Mailbox
from posthus.intake.imap_trouble import Trouble
from posthus.intake.inbox import storable
from posthus.jobs import EventId, SourceId, WorkspaceId

MOST_ATTEMPTS = 5  # at a message that cannot be taken in


class LeaseLostError(Exception):
    """Somebody else follows the mailbox now, or nobody may."""


@dataclass(frozen=True, slots=True)
class Place:
    """One folder under one uid validity; everything below `uid_next` is taken in."""

    id: int
    workspace_id: WorkspaceId
    source_id: SourceId
    name: str
    uid_validity: int
    uid_next: int
    modseq: int
    batch: int
    checked_at: datetime | None
    caught_up: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A message's place and its event, or why there is none."""

    uid: int
    event_id: EventId | None
    flags: Sequence[str] = ()
    trouble: str | None = None


@contextmanager
def leased(database: Database, mailbox: Mailbox) -> Iterator[Connection]:
    """One transaction during which nobody else takes the mailbox; raises LeaseLostError where it is too late."""
    with database.transaction() as connection:
        keys = {"source_id": mailbox.source_id, "epoch": mailbox.epoch}
        if connection.execute(SQL["still_ours"], keys).fetchone() is None:
            raise LeaseLostError
        yield connection


def release(database: Database, mailbox: Mailbox, trouble: Trouble | None, failures: int) -> None:
    """Let a mailbox go; it is due again when the trouble's wait is over, after so many failures before it."""
    values = {
        "source_id": mailbox.source_id,
        "epoch": mailbox.epoch,
        "trouble": trouble.kind if trouble else None,
        "words": storable(trouble.words) if trouble else None,
        "failures": failures + 1 if trouble else 0,
        "wait": trouble.wait if trouble else 0.0,
    }
    with database.transaction() as connection:
        connection.execute(SQL["release_mailbox"], values)


def answered(connection: Connection, mailbox: Mailbox, capabilities: Iterable[str]) -> None:
    """Its server was reached and let us in."""
    keys = {"source_id": mailbox.source_id, "epoch": mailbox.epoch}
    connection.execute(SQL["mailbox_answered"], {**keys, "capabilities": sorted(capabilities)})


def keep_folders(connection: Connection, mailbox: Mailbox, names: Sequence[str]) -> None:
    """Mark the folders that are no longer there, and their messages."""
    connection.execute(SQL["mark_folders_gone"], {"source_id": mailbox.source_id, "names": list(names)})
    connection.execute(SQL["mark_messages_gone_with_folder"], {"source_id": mailbox.source_id})


def open_place(connection: Connection, mailbox: Mailbox, name: str, uid_validity: int) -> Place:
    """A folder as it is known; under another uid validity it starts anew, and its old numbers are marked."""
    keys = {"workspace_id": mailbox.workspace_id, "source_id": mailbox.source_id}
    place = row(connection, SQL["open_folder"], {**keys, "name": name, "uid_validity": uid_validity}, Place)
    assert place is not None  # an upsert always answers
    connection.execute(SQL["mark_old_numbers"], {"folder_id": place.id, "uid_validity": uid_validity})
    return place


def folder_trouble(connection: Connection, mailbox: Mailbox, name: str, trouble: str) -> None:
    """Say that one folder cannot be read."""
    keys = {"source_id": mailbox.source_id, "name": name}
    connection.execute(SQL["folder_trouble"], {**keys, "trouble": trouble})


def compare(connection: Connection, place: Place, server: str, *, again: bool) -> str:
    """What the server has and we have not, both as multiranges; what we have and it has not is marked gone.

    What could not be taken in counts as missing for some attempts, and whenever asked for `again`.
    """
    keys = {"folder_id": place.id, "uid_validity": place.uid_validity, "server": server}
    connection.execute(SQL["mark_vanished"], keys)
    attempts = 32_767 if again else MOST_ATTEMPTS
    found = connection.execute(SQL["compare_uids"], {**keys, "attempts": attempts}).fetchone()
    return str(found[0]) if found else "{}"


def save_comparison(connection: Connection, place: Place, on_server: int, missing: int) -> None:
    """The figures of a comparison, and when it was."""
    keys = {"folder_id": place.id, "uid_validity": place.uid_validity}
    connection.execute(SQL["save_comparison"], {**keys, "on_server": on_server, "missing": missing})


def save_place(connection: Connection, place: Place, messages: int) -> None:
    """How far the folder has come, as the place says, and how many messages it has."""
    values = {
        "folder_id": place.id,
        "uid_next": place.uid_next,
        "modseq": place.modseq,
        "caught_up": place.caught_up,
        "on_server": messages,
    }
    connection.execute(SQL["save_place"], values)


def save_messages(connection: Connection, place: Place, messages: Sequence[Taken], batch: int) -> None:
    """Where messages lie, with the progress they make."""
    described = [
        {
            "uid": each.uid,
            "event_id": str(each.event_id) if each.event_id else None,
            "flags": list(each.flags),
            "trouble": each.trouble,
        }
        for each in messages
    ]
    keys = {"folder_id": place.id, "uid_validity": place.uid_validity, "workspace_id": place.workspace_id}
    connection.execute(SQL["save_messages"], {**keys, "messages": json.dumps(described)})
    known = sum(each.event_id is not None for each in messages)
    counts = {"folder_id": place.id, "taken": len(messages), "known": known, "batch": batch}
    connection.execute(SQL["count_taken"], counts)


def save_flags(connection: Connection, place: Place, flags: Mapping[int, Sequence[str]]) -> None:
    """Flags as the server has them now."""
    if flags:
        described = [{"uid": uid, "flags": list(names)} for uid, names in flags.items()]
        keys = {"folder_id": place.id, "uid_validity": place.uid_validity}
        connection.execute(SQL["save_flags"], {**keys, "messages": json.dumps(described)})


def mark_gone(connection: Connection, place: Place, uids: str) -> None:
    """Messages that have left the folder, as a multirange; their events stay."""
    if uids != "{}":
        keys = {"folder_id": place.id, "uid_validity": place.uid_validity}
        connection.execute(SQL["mark_gone"], {**keys, "uids": uids})
