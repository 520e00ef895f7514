"""Originals as they were received, many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection

from posthus.jobs import WorkspaceId
from posthus.originals.contents import read_contents
from posthus.originals.cutting import join
from posthus.originals.dictionaries import OriginalDamagedError, unpack_rests
from posthus.originals.packing import CUT, look_into, unpack


@dataclass(frozen=True, slots=True)
class Stored:
    """An original as its row keeps it."""

    workspace_id: WorkspaceId
    codec: int
    body: bytes


def open_original(connection: Connection, stored: Stored) -> bytes:
    """The bytes that were received."""
    return open_originals(connection, [stored])[0]


def open_originals(connection: Connection, stored: Sequence[Stored]) -> list[bytes]:
    """The bytes of each; one more statement for dictionaries and one for each workspace with files, if there are any."""
    inside = {index: look_into(one.body) for index, one in enumerate(stored) if one.codec == CUT}
    needed: dict[WorkspaceId, set[bytes]] = {}
    for index, one in inside.items():
        if one.pieces:
            needed.setdefault(stored[index].workspace_id, set()).update(piece.digest for piece in one.pieces)
    contents = {
        workspace: read_contents(connection, workspace, digests) for workspace, digests in needed.items()
    }
    rests = unpack_rests(connection, inside)
    opened: list[bytes] = []
    for index, kept in enumerate(stored):
        if kept.codec != CUT:
            opened.append(unpack(kept.codec, kept.body))
            continue
        try:
            opened.append(join(rests.pop(index), inside[index].pieces, contents.get(kept.workspace_id, {})))
        except KeyError as error:
            raise OriginalDamagedError("a file that was cut out of it is gone") from error
    return opened
