"""Which source an address belongs to, remembered for at most a second so that a revoked one stops at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from psycopg import Connection

from posthus.intake.connection import OwnConnection
from posthus.intake.sources import SQL, Source, source_by_address, source_by_token

_LARGEST = 10_000  # answers remembered; strangers who guess addresses cannot fill the memory


class Directory:
    """Looks sources up in a thread of its own; belongs to one event loop."""

    def __init__(self, connection: OwnConnection, *, seconds: float = 1.0) -> None:
        self.connection = connection
        self.seconds = seconds
        self._known: dict[str, tuple[float, Source | None]] = {}
        self._asked: dict[str, asyncio.Task[Source | None]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="directory")
        self._alive_until = 0.0

    async def by_token(self, token: str) -> Source | None:
        """The source behind /in/{token}; raises DatabaseAwayError."""
        return await self._find(token, lambda connection: source_by_token(connection, token))

    async def by_address(self, address: str) -> Source | None:
        """The source of a mail address, plus-addresses included; raises DatabaseAwayError."""
        return await self._find(address.lower(), lambda connection: source_by_address(connection, address))

    async def check(self) -> None:
        """Return when the database answers, or did within the last second; raises DatabaseAwayError."""
        if monotonic() >= self._alive_until:
            await self._ask(lambda connection: connection.execute(SQL["alive"]))
            self._alive_until = monotonic() + self.seconds

    async def close(self) -> None:
        """End the thread and its connection."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.close)
        self._thread.shutdown()

    async def _find(self, key: str, find: Callable[[Connection], Source | None]) -> Source | None:
        known = self._known.get(key)
        if known is not None and monotonic() < known[0]:
            return known[1]
        asked = self._asked.get(key)
        if asked is None:
            asked = asyncio.ensure_future(self._remember(key, find))
            self._asked[key] = asked
        # Shielded: one caller that leaves must not take the answer from the others.
        return await asyncio.shield(asked)

    async def _remember(self, key: str, find: Callable[[Connection], Source | None]) -> Source | None:
        # Counted from before the look-up: nothing older than `seconds` is ever believed.
        until = monotonic() + self.seconds
        try:
            source = await self._ask(find)
        finally:
            del self._asked[key]
        if len(self._known) >= _LARGEST:
            self._known.clear()
        self._known[key] = (until, source)
        return source

    async def _ask(self, work: Callable[[Connection], object]) -> "Source | None":
        answer = await asyncio.get_running_loop().run_in_executor(self._thread, self.connection.run, work)
        return answer if isinstance(answer, Source) else None
