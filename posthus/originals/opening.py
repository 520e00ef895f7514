"""Originals as they were received, many at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from psycopg import Connection

from posthus.jobs import WorkspaceId
from posthus.originals.contents import read_contents
from posthus.originals.cutting import join
from posthus.originals.dictionaries import OriginalDamagedError, unpack_rests
from posthus.originals.objects import NO_OBJECTS, Objects
from posthus.originals.packing import APART, CUT, look_into, unpack

Contents = dict[tuple[WorkspaceId, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Stored:
    """An original as its row keeps it."""

    workspace_id: WorkspaceId
    codec: int
    body: bytes


def open_original(
    connection: Connection, stored: Stored, objects: Objects = NO_OBJECTS, without: Collection[bytes] = ()
) -> bytes:
    """The bytes that were received, files `without` which it can be read left empty.

    Raises OriginalDamagedError or ObjectsAwayError.
    """
    return open_originals(connection, [stored], objects, without)[0]


def open_originals(
    connection: Connection,
    stored: Sequence[Stored],
    objects: Objects = NO_OBJECTS,
    without: Collection[bytes] = (),
) -> list[bytes]:
    """The bytes of each; one more statement for dictionaries and one for each workspace with files, if there are any."""
    whole = _brought_back(connection, stored, objects)
    inside = {index: look_into(one.body) for index, one in enumerate(whole) if one.codec == CUT}
    needed = [
        (whole[index].workspace_id, piece.digest) for index, one in inside.items() for piece in one.pieces
    ]
    left_out = {one: b"" for one in needed if one[1] in without}
    contents = left_out | _contents(connection, (one for one in needed if one not in left_out), objects)
    rests = unpack_rests(connection, inside)
    opened: list[bytes] = []
    for index, kept in enumerate(whole):
        if kept.codec != CUT:
            opened.append(unpack(kept.codec, kept.body))
            continue
        pieces = inside[index].pieces
        files = {one.digest: _content(contents, kept.workspace_id, one.digest) for one in pieces}
        opened.append(join(rests.pop(index), pieces, files))
    return opened


def _brought_back(connection: Connection, stored: Sequence[Stored], objects: Objects) -> list[Stored]:
    """Those whose body is kept beside them, with their body."""
    beside = [(one.workspace_id, one.body[1:]) for one in stored if one.codec == APART]
    if not beside:
        return list(stored)
    contents = _contents(connection, beside, objects)
    return [
        replace(one, codec=one.body[0], body=_content(contents, one.workspace_id, one.body[1:]))
        if one.codec == APART
        else one
        for one in stored
    ]


def _contents(
    connection: Connection, needed: Iterable[tuple[WorkspaceId, bytes]], objects: Objects
) -> Contents:
    by_workspace: dict[WorkspaceId, set[bytes]] = {}
    for workspace_id, digest in needed:
        by_workspace.setdefault(workspace_id, set()).add(digest)
    return {
        (workspace_id, digest): content
        for workspace_id, digests in by_workspace.items()
        for digest, content in read_contents(connection, workspace_id, digests, objects).items()
    }


def _content(contents: Contents, workspace_id: WorkspaceId, digest: bytes) -> bytes:
    try:
        return contents[workspace_id, digest]
    except KeyError:
        raise OriginalDamagedError("a file that was cut out of it is gone") from None
