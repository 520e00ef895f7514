"""Vectors as Postgres takes and gives them: half precision, in its binary form; pure.

The form is pgvector's halfvec_send: the length, two unused bytes, then every number in two bytes, all big-endian.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from posthus.embedding.encoder import Vectors

_HEAD = struct.Struct(">hh")
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_ROW = struct.Struct(">hiqiqi16sihi")  # the number of fields, then each field behind its length


@dataclass(frozen=True, slots=True)
class Placed:
    """A vector with the chunk that it is of."""

    chunk_id: int
    workspace_id: int
    message_id: UUID
    vector: bytes


def packed(vectors: Vectors) -> list[bytes]:
    """Each row of float32 [n, d] in half precision as a halfvec."""
    halves = np.ascontiguousarray(vectors, dtype=np.float32).astype(">f2")
    head = _HEAD.pack(halves.shape[1], 0)
    return [head + row.tobytes() for row in halves]


def unpacked(vector: bytes) -> npt.NDArray[np.float32]:
    """The numbers of one halfvec."""
    return np.frombuffer(vector, ">f2", offset=_HEAD.size).astype(np.float32)


def signs(vector: bytes) -> str:
    """Which numbers are above zero, one bit each, as Postgres reads bits; the same as its binary_quantize."""
    return "x" + np.packbits(unpacked(vector) > 0).tobytes().hex()


def copied(placed: Sequence[Placed], model: int) -> bytes:
    """Rows for `copy posthus.chunk_vector (chunk_id, workspace_id, message_id, model_id, v) ... (format binary)`."""
    parts = [_COPY_HEADER]
    for one in placed:
        parts.append(
            _ROW.pack(
                5, 8, one.chunk_id, 8, one.workspace_id, 16, one.message_id.bytes, 2, model, len(one.vector)
            )
        )
        parts.append(one.vector)
    parts.append(_COPY_END)
    return b"".join(parts)
