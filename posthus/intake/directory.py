"""Which source an address belongs to, remembered for a second so that a revoked one stops at once.

While the database is away, what was last known is believed.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NamedTuple

from psycopg import Connection

from posthus.intake.connection import DatabaseAwayError, OwnConnection
from posthus.intake.group_commit import GroupCommit
from posthus.intake.source_copy import SourceCopy
from posthus.intake.sources import SQL, Source, source_by_address, source_by_token

SECONDS = 1.0  # an answer is believed
_LARGEST = 10_000  # answers remembered; strangers who guess addresses cannot fill the memory


class _Question(NamedTuple):
    key: str
    find: Callable[[Connection], Source | None]
    last_seen: Callable[[], Source | None]


class Directory:
    """Looks sources up in a thread of its own; belongs to one event loop.

    `away` tells that the database need not even be asked now; `patience` is how many seconds it may take.
    """

    def __init__(
        self,
        connection: OwnConnection,
        copy: SourceCopy | None = None,
        away: Callable[[], bool] = lambda: False,
        *,
        patience: float = 10.0,
    ) -> None:
        self.connection = connection
        self.copy = copy
        self.away = away
        self.patience = patience
        self._known: dict[str, tuple[float, Source | None]] = {}
        self._asked: dict[str, asyncio.Task[Source | None]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="directory")
        self._alive_until = 0.0

    async def by_token(self, token: str) -> Source | None:
        """The source behind /in/{token}; raises DatabaseAwayError."""
        known = self._known.get(token)
        if known is not None and monotonic() < known[0]:
            return known[1]
        copy = self.copy
        return await self._find(
            _Question(
                token,
                lambda connection: source_by_token(connection, token),
                lambda: copy.by_token(token) if copy else None,
            )
        )

    async def by_address(self, address: str) -> Source | None:
        """The source of a mail address, plus-addresses included; raises DatabaseAwayError."""
        known = self._known.get(address.lower())
        if known is not None and monotonic() < known[0]:
            return known[1]
        copy = self.copy
        return await self._find(
            _Question(
                address.lower(),
                lambda connection: source_by_address(connection, address),
                lambda: copy.by_address(address) if copy else None,
            )
        )

    async def check(self) -> None:
        """Return when the database answers, or did within the last second; raises DatabaseAwayError."""
        if monotonic() >= self._alive_until:
            await self._ask(lambda connection: connection.execute(SQL["alive"]))
            self._alive_until = monotonic() + SECONDS

    async def close(self) -> None:
        """End the thread and its connection."""
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self.connection.close)
        await asyncio.wait({closing}, timeout=self.patience)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _find(self, question: _Question) -> Source | None:
        if self.away() and (seen := self._last_known(question)) is not None:
            return seen
        asked = self._asked.get(question.key)
        if asked is None:
            asked = asyncio.ensure_future(self._remember(question))
            self._asked[question.key] = asked
        # Shielded: one caller that leaves must not take the answer from the others.
        return await asyncio.shield(asked)

    async def _remember(self, question: _Question) -> Source | None:
        # Counted from before the look-up: nothing older than `seconds` is believed while the database answers.
        until = monotonic() + SECONDS
        try:
            source = await self._ask(question.find)
        except DatabaseAwayError:
            source = self._last_known(question)
            if source is None:
                raise
            return source
        finally:
            del self._asked[question.key]
        if len(self._known) >= _LARGEST:
            self._known.clear()
        self._known[question.key] = (until, source)
        return source

    def _last_known(self, question: _Question) -> Source | None:
        known = self._known.get(question.key)
        return (known[1] if known is not None else None) or question.last_seen()

    async def _ask(self, work: Callable[[Connection], object]) -> Source | None:
        asking = asyncio.get_running_loop().run_in_executor(self._thread, self.connection.run, work)
        try:
            answer = await asyncio.wait_for(asking, self.patience)
        except TimeoutError:
            raise DatabaseAwayError("the database does not answer") from None
        return answer if isinstance(answer, Source) else None


def directory_beside(commit: GroupCommit) -> Directory:
    """Who may send, by the same database and the same disk as the events go to."""
    connection = OwnConnection(commit.connection.url, name=f"{commit.connection.name} sources")
    return Directory(connection, commit.copy, lambda: commit.spooling, patience=commit.patience)
