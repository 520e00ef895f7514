"""How much one client may do: connections at once, messages and wrong guesses a minute; kept in memory."""

from collections import Counter
from dataclasses import dataclass
from time import monotonic

_MOST_KNOWN = 10_000  # clients; strangers cannot fill the memory


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """0 is no limit. `guesses` are unknown recipients and wrong passwords."""

    connections: int = 1_000
    connections_each: int = 100
    messages_a_minute: int = 0
    guesses_a_minute: int = 30


class Allowance:
    """So many a minute for each client, refilled evenly."""

    def __init__(self, a_minute: int) -> None:
        self.a_minute = a_minute
        self._left: dict[str, tuple[float, float]] = {}

    def spend(self, client: str) -> float:
        """Take one; 0, or in how many seconds there is one again."""
        if not self.a_minute:
            return 0.0
        left = self._now(client)
        if left < 1:
            return (1 - left) * 60 / self.a_minute
        if len(self._left) >= _MOST_KNOWN:
            self._left.clear()
        self._left[client] = (left - 1, monotonic())
        return 0.0

    def is_spent(self, client: str) -> bool:
        """Whether there is none left; takes none."""
        return bool(self.a_minute) and self._now(client) < 1

    def _now(self, client: str) -> float:
        left, at = self._left.get(client, (float(self.a_minute), 0.0))
        return min(float(self.a_minute), left + (monotonic() - at) * self.a_minute / 60)


class Clients:
    """Who is connected, and what each has left."""

    def __init__(self, limits: ClientLimits) -> None:
        self.limits = limits
        self.messages = Allowance(limits.messages_a_minute)
        self.guesses = Allowance(limits.guesses_a_minute)
        self._open: Counter[str] = Counter()

    def enter(self, client: str) -> str | None:
        """Count a connection in; the reply to one that is refused."""
        limits = self.limits
        if limits.connections and self._open.total() >= limits.connections:
            return "421 4.3.2 too many connections, please try again later"
        if limits.connections_each and self._open[client] >= limits.connections_each:
            return "421 4.7.0 too many connections from your address, please try again later"
        if self.guesses.is_spent(client):
            return "421 4.7.0 too many wrong guesses, please try again later"
        self._open[client] += 1
        return None

    def leave(self, client: str) -> None:
        """Count a connection out that was let in."""
        self._open[client] -= 1
        if self._open[client] <= 0:
            del self._open[client]
