"""Identifiers that sort by time: UUIDv7 for events, derived ones for their messages (RFC 9562)."""

import hashlib
import os
from datetime import UTC, datetime
from time import time_ns
from uuid import UUID

from posthus.jobs import EventId, MessageId


def new_event_id() -> EventId:
    """A UUIDv7 of now: 48 bits of milliseconds, then randomness (RFC 9562, 5.7)."""
    return EventId(_uuid7(time_ns() // 1_000_000, os.urandom(10)))


def message_id_of(event_id: EventId, position: int) -> MessageId:
    """The id of the event's message number `position`: the same on every replay, in the event's month."""
    randomness = hashlib.sha256(event_id.bytes + position.to_bytes(4, "big")).digest()[:10]
    return MessageId(_uuid7(event_id.int >> 80, randomness))


def received_at(identifier: UUID) -> datetime:
    """When the event behind a UUIDv7 was received, in UTC."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def _uuid7(milliseconds: int, randomness: bytes) -> UUID:
    value = (milliseconds << 80) | int.from_bytes(randomness, "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
