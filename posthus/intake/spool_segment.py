"""The form of a spool's file: one checked frame after the other, so that any damage is found and stepped over."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from mmap import mmap
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from posthus.intake.inbox import NewEvent
from posthus.jobs import EventId, SourceId, WorkspaceId

SALT_BYTES = 16
_MARK = b"\xf5Ev\x01"
# Mark, length of the payload, sequence, digest of the payload; then a digest of these, so that the length is
# believed only when it was written by us. The salt is a key that no sender knows: no body can pass as a frame.
_HEAD = Struct(">4sIQ16s")
_HEAD_CHECK = 8
_LENGTH = Struct(">I")
Bytes = bytes | mmap
FRAME_BYTES = _HEAD.size + _HEAD_CHECK


class Record(NamedTuple):
    """One event of a segment; the sequence tells the order in which they were appended."""

    sequence: int
    event: NewEvent


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an undamaged payload lies."""

    sequence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a segment holds: undamaged frames by sequence, each once, and how many bytes are none."""

    frames: Sequence[Frame]
    damaged_bytes: int


def payload_of(event: NewEvent) -> bytes:
    """One event as it is kept."""
    described = json.dumps(_described(event)).encode()
    return b"".join((_LENGTH.pack(len(described)), described, event.body))


def frame(salt: bytes, sequence: int, payload: bytes) -> bytes:
    """A payload as it is appended; FRAME_BYTES longer."""
    head = _HEAD.pack(_MARK, len(payload), sequence, _payload_digest(salt, payload))
    return b"".join((head, _head_digest(salt, head), payload))


def scan(salt: bytes, content: Bytes) -> Scan:
    """Every undamaged frame, wherever it lies; never raises, whatever the bytes are."""
    frames: dict[int, Frame] = {}
    at = damaged = 0
    while at < len(content):
        found = _frame_at(salt, content, at)
        if found is None:
            # Never by the length it claims: what follows the damage begins at the next mark.
            further = content.find(_MARK, at + 1)
            further = len(content) if further < 0 else further
            damaged += further - at
            at = further
        else:
            frames.setdefault(found.sequence, found)
            at = found.end
    return Scan(sorted(frames.values(), key=lambda each: each.sequence), damaged)


def record(content: Bytes, place: Frame) -> Record | None:
    """The event of an undamaged frame; None where another version of Posthus wrote what we cannot read."""
    payload = content[place.start : place.end]
    try:
        (length,) = _LENGTH.unpack_from(payload)
        described = json.loads(payload[_LENGTH.size : _LENGTH.size + length])
        return Record(place.sequence, _event(described, payload[_LENGTH.size + length :]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _frame_at(salt: bytes, content: Bytes, at: int) -> Frame | None:
    head = content[at : at + _HEAD.size]
    start = at + _HEAD.size + _HEAD_CHECK
    if not head.startswith(_MARK) or len(content) < start:
        return None
    if content[at + _HEAD.size : start] != _head_digest(salt, head):
        return None
    _, length, sequence, digest = _HEAD.unpack(head)
    payload = content[start : start + length]
    if len(payload) != length or length < _LENGTH.size or digest != _payload_digest(salt, payload):
        return None
    return Frame(sequence, start, start + length)


def _head_digest(salt: bytes, head: bytes) -> bytes:
    return blake2b(head, digest_size=_HEAD_CHECK, key=salt).digest()


def _payload_digest(salt: bytes, payload: bytes) -> bytes:
    return blake2b(payload, digest_size=16, key=salt).digest()


def _described(event: NewEvent) -> Mapping[str, object]:
    return {
        "event_id": event.event_id.hex,
        "workspace_id": event.workspace_id,
        "source_id": event.source_id,
        "kind": event.kind,
        "headers": dict(event.headers),
        "envelope": dict(event.envelope),
        "key": event.idempotency_key.hex() if event.idempotency_key is not None else None,
        "permanent": event.permanent,
    }


def _event(described: dict[str, object], body: bytes) -> NewEvent:
    kind, headers, envelope, key = (described[name] for name in ("kind", "headers", "envelope", "key"))
    workspace_id, source_id = described["workspace_id"], described["source_id"]
    if not (isinstance(workspace_id, int) and isinstance(source_id, int)):
        raise TypeError("an id is not a number")
    if not (isinstance(headers, dict) and isinstance(envelope, dict)):
        raise TypeError("headers and envelope have names and values")
    if kind != "webhook" and kind != "mail":
        raise ValueError("the kind is not known")
    return NewEvent(
        workspace_id=WorkspaceId(workspace_id),
        source_id=SourceId(source_id),
        kind=kind,
        body=body,
        headers=headers,
        envelope=envelope,
        idempotency_key=bytes.fromhex(str(key)) if key is not None else None,
        permanent=bool(described["permanent"]),
        event_id=EventId(UUID(hex=str(described["event_id"]))),
    )
