"""Knowing a delivery again: the first event of every (source, key) of the last eight days."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from psycopg import Connection

from posthus.jobs import EventId, SourceId
from posthus.queue.log import SQL, lock_topic

LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Claim:
    """`event_id` wants to be the event of this delivery; `key` is the provider's id or a hash of the content."""

    source_id: SourceId
    key: bytes
    event_id: EventId


class Delivery(NamedTuple):
    """What makes two deliveries the same."""

    source_id: SourceId
    key: bytes


def remember(connection: Connection, claims: Sequence[Claim]) -> Mapping[Delivery, EventId]:
    """Answer for every delivery the event that was first, the claim's own where it is new.

    Also within one call: the earlier claim wins. Takes the lock of the topic `received` (then write the events
    that won and `put` them, and commit soon); after the lock no other transaction is between looking
    and writing, so that midnight, when a new partition begins, is no gap. Needs READ COMMITTED.
    """
    if not claims:
        return {}
    lock_topic(connection, "received")
    stored = {Delivery(claim.source_id, claim.key): stored_key(claim.key) for claim in claims}
    asked = [
        {"source_id": claim.source_id, "key": stored_key(claim.key).hex(), "event_id": str(claim.event_id)}
        for claim in claims
    ]
    found = connection.execute(SQL["remember"], {"claims": json.dumps(asked)})
    first = {(source_id, bytes(key)): EventId(event_id) for source_id, key, event_id in found}
    return {delivery: first[delivery.source_id, key] for delivery, key in stored.items()}


def stored_key(key: bytes) -> bytes:
    """A key as the table has it."""
    # An index entry is small: longer keys stand as their digest.
    return key if 0 < len(key) <= LONGEST_KEY else sha256(key).digest()
