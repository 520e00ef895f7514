"""Senders that never give up: what each of them sends, how often it breaks off, and what it heard."""

import asyncio
import re
import socket
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from heapq import heappop, heappush
from random import Random
from time import monotonic, time

from posthus.intake.providers.delivery import Delivery
from posthus.intake.providers.table import PRESETS
from posthus.intake.samples import Letter, sample

PROVIDERS = ("generic", "standard-webhooks", "github", "shopify", "wotnot", "generic-token")
NUMBER = re.compile(rb"Parcel number (\d+)")
PATIENCE = 30.0  # seconds for an answer; a sender then comes again
_ID_HEADER = {
    "generic": "idempotency-key",
    "generic-token": "idempotency-key",
    "standard-webhooks": "webhook-id",
    "github": "x-github-delivery",
    "shopify": "x-shopify-webhook-id",
}
_LONG_AGO = 1_767_000_000  # seconds since 1970; a repetition has the same time in it
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


@dataclass(frozen=True, slots=True)
class Address:
    """A source: where it is reached, and how it signs."""

    provider: str
    token: str
    secret: str


@dataclass(frozen=True, slots=True)
class Habits:
    """How many of a hundred deliveries are sent again after a yes, and how many are broken off, in two ways."""

    repeated: float = 10.0
    cut_in_body: float = 0.5
    cut_before_answer: float = 0.5
    window: int = 1_000  # numbers are shuffled within so many


@dataclass
class Outbox:
    """Which deliveries are still to be sent, and what became of the others; belongs to one event loop."""

    total: int
    habits: Habits
    chance: Random
    answered: dict[int, set[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    flying: int = 0

    def __post_init__(self) -> None:
        self._fresh = self._shuffled()
        self._again: list[tuple[float, int]] = []

    def again(self, number: int, seconds: float) -> None:
        """Send it once more, after a while."""
        heappush(self._again, (monotonic() + self.chance.uniform(0.5, 1.5) * seconds, number))

    @property
    def refused(self) -> int:
        """How often a sender was told to come again."""
        return self.statuses[503] + self.statuses[429]

    async def next(self) -> int | None:
        """The number to send now; None once everything has been answered."""
        while True:
            if self._again and self._again[0][0] <= monotonic():
                return heappop(self._again)[1]
            number = next(self._fresh, None)
            if number is not None:
                return number
            if not self._again and not self.flying:
                return None
            await asyncio.sleep(0.02)

    def accepted(self, number: int, event_id: str) -> None:
        """A 2xx came; some are sent again all the same."""
        first = number not in self.answered
        self.answered.setdefault(number, set()).add(event_id)
        if first and self.chance.random() * 100 < self.habits.repeated:
            self.counts["repetitions"] += 1
            self.again(number, self.chance.choice((0.01, 1.0, 10.0)))

    def _shuffled(self) -> Iterator[int]:
        for first in range(0, self.total, self.habits.window):
            window = list(range(first, min(first + self.habits.window, self.total)))
            self.chance.shuffle(window)
            yield from window


class Sender:
    """One connection at a time, to whichever intake answers."""

    def __init__(self, outbox: Outbox, addresses: Sequence[Address], ports: Sequence[int]) -> None:
        self.outbox = outbox
        self.addresses = addresses
        self.ports = ports
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        """Until everything has been answered."""
        outbox = self.outbox
        while (number := await outbox.next()) is not None:
            outbox.flying += 1
            try:
                await asyncio.wait_for(self._deliver(number), PATIENCE)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                refused = isinstance(error, ConnectionRefusedError)
                outbox.counts["connections refused" if refused else "answers lost"] += 1
                outbox.again(number, 0.3)
                self._hang_up()
            finally:
                outbox.flying -= 1
        self._hang_up()

    async def _deliver(self, number: int) -> None:
        outbox, roll = self.outbox, self.outbox.chance.random() * 100
        request = request_of(self.addresses[number % len(self.addresses)], number)
        reader, writer = self._streams = self._streams or await self._connected()
        outbox.counts["sent"] += 1
        if roll < outbox.habits.cut_in_body + outbox.habits.cut_before_answer:
            in_body = roll < outbox.habits.cut_in_body
            writer.write(request[:-20] if in_body else request)
            await writer.drain()
            outbox.counts["connections cut in the body" if in_body else "connections cut unanswered"] += 1
            self._hang_up()
            outbox.again(number, 0.1)
            return
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        answer = await reader.readexactly(length)
        self._heard(number, int(head[9:12]), answer)

    def _heard(self, number: int, status: int, answer: bytes) -> None:
        self.outbox.statuses[status] += 1
        if 200 <= status < 300:
            self.outbox.accepted(number, _event_id(answer))
        else:
            self.outbox.again(number, 0.5)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.outbox.chance.choice(self.ports))

    def _hang_up(self) -> None:
        streams, self._streams = self._streams, None
        if streams is None:
            return
        with suppress(OSError):  # the other side was quicker
            streams[1].get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        streams[1].transport.abort()


def request_of(address: Address, number: int) -> bytes:
    """The delivery of a number as its provider would send it now; always the same but for its signature."""
    at = datetime.fromtimestamp(_LONG_AGO + number, UTC)
    text = f"Hej, Parcel number {number} is not here yet. Can you see where it is?"
    letter = Letter(f"{number}", text, at, "Where is it?", "Bo", f"customer{number % 500}@example.com")
    delivery: Delivery | None = sample(address.provider, letter)
    assert delivery is not None
    if address.provider in _ID_HEADER:
        named = {**delivery.headers, _ID_HEADER[address.provider]: f"delivery-{number}"}
        delivery = replace(delivery, headers=named)
    delivery = PRESETS[address.provider].proof.sign(delivery, address.secret, time())
    assert delivery is not None
    head = f"POST /in/{address.token} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(delivery.body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in delivery.headers.items())
    return f"{head}\r\n".encode() + delivery.body


def _event_id(answer: bytes) -> str:
    found = re.search(rb'"id":"([0-9a-f-]{36})"', answer)
    return found[1].decode() if found else ""
