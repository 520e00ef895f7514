"""Greylisting: a stranger is asked to come again a little later, which those who only spam do not (RFC 6647)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from ipaddress import ip_address, ip_network

from psycopg import Connection

from posthus.database.queries import load
from posthus.intake.connection import OwnConnection

SQL = load(__file__, "greylist.sql")


class Greylist:
    """Remembers who came, in a thread of its own; belongs to one event loop."""

    def __init__(self, connection: OwnConnection, seconds: int) -> None:
        self.connection = connection
        self.seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="greylist")

    async def wait(self, client: str, sender: str, recipient: str) -> int:
        """How many seconds this sender shall stay away; 0 lets it in. Raises DatabaseAwayError."""
        key = sha256("\0".join((network_of(client), sender.lower(), recipient.lower())).encode()).digest()

        def knock(connection: Connection) -> float:
            found = connection.execute(SQL["knock"], {"key": key}).fetchone()
            return float(found[0]) if found else 0.0

        loop = asyncio.get_running_loop()
        known: float = await loop.run_in_executor(self._thread, self.connection.run, knock)
        return max(0, self.seconds - int(known))

    async def close(self) -> None:
        """End the thread and its connection."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.close)
        self._thread.shutdown()


def network_of(client: str) -> str:
    """The neighbourhood of an address: large senders come again from another of their own."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return str(ip_network(f"{client}/{24 if address.version == 4 else 64}", strict=False))


def forget_strangers(connection: Connection) -> None:
    """Forget who never came again."""
    connection.execute(SQL["forget_strangers"])
