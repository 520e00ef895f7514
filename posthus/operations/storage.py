"""What a message costs on disk, by what the bytes are for, beside what was received."""

from dataclasses import dataclass

from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load

SQL = load(__file__, "storage.sql")


@dataclass(frozen=True, slots=True)
class Received:
    """How many events there are, and their bytes as they came."""

    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Share:
    """The bytes on disk that serve one purpose, indexes included."""

    purpose: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything on disk."""

    received: Received
    shares: list[Share]

    @property
    def bytes(self) -> int:
        """All of it."""
        return sum(share.bytes for share in self.shares)

    def sentence(self) -> str:
        """For the doctor: kilobytes for each event."""
        events = self.received.events
        if not events:
            return f"nothing received yet, {self.bytes / 1e6:.1f} MB on disk"
        parts = ", ".join(f"{share.purpose} {_each(share.bytes, events)}" for share in self.shares)
        received = _each(self.received.bytes, events)
        return (
            f"{events:,} received with {received} kB each take {_each(self.bytes, events)} kB each: {parts}"
        )


def measure_storage(connection: Connection) -> Storage:
    """Reads every event's size, so it takes about a second for each million."""
    received = row(connection, SQL["received"], {}, Received)
    assert received is not None
    return Storage(received, rows(connection, SQL["shares"], {}, Share))


def _each(size: int, events: int) -> str:
    return f"{size / events / 1000:.1f}"
