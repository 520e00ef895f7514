"""Which transactions a Postgres snapshot sees, and what a process knows of changes: pure, no clock."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self


class Topic(NamedTuple):
    """What can change: a word within a workspace, such as `conversations` or `conversation/42`."""

    workspace_id: int
    name: str


class Change(NamedTuple):
    """A committed transaction changed a topic."""

    topic: Topic
    xid: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A `pg_snapshot`: all below `xmin` is finished, nothing from `xmax` on, `running` was between them."""

    xmin: int
    xmax: int
    running: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read Postgres' text form, `xmin:xmax:xid,xid`."""
        xmin, xmax, running = text.split(":")
        return cls(int(xmin), int(xmax), frozenset(int(xid) for xid in running.split(",") if xid))

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(str(xid) for xid in sorted(self.running))}"

    def sees(self, xid: int) -> bool:
        """Whether a committed transaction's rows are in this snapshot."""
        return xid < self.xmin or (xid < self.xmax and xid not in self.running)


class Ledger:
    """Every change a process knows of; it may forget details, and then refuses rather than guesses.

    Changes below the newest snapshot's xmin are kept as one number per topic, the others one by one.
    """

    def __init__(self, topics: int = 20_000) -> None:
        self._limit = topics
        self._snapshot: Snapshot | None = None
        self._forgotten = -1
        self._newest: OrderedDict[Topic, int] = OrderedDict()
        self._recent: dict[Topic, set[int]] = {}

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot that was read; None before the first one."""
        return self._snapshot

    def restart(self, snapshot: Snapshot, changes: Iterable[Change]) -> None:
        """Begin at `snapshot`, knowing every change with an xid from its xmin on, and nothing older."""
        self._newest.clear()
        self._recent.clear()
        self._forgotten = snapshot.xmin - 1
        self._snapshot = None
        self.advance(snapshot, changes)

    def advance(self, snapshot: Snapshot, changes: Iterable[Change]) -> list[Change]:
        """Learn what `snapshot` sees and the one before did not; answers the changes that are new."""
        before, self._snapshot = self._snapshot, snapshot
        new = [change for change in changes if before is None or not before.sees(change.xid)]
        for change in new:
            self._recent.setdefault(change.topic, set()).add(change.xid)
        for topic in list(self._recent):
            self._settle(topic, snapshot.xmin)
        return new

    def fresh(self, stamp: Snapshot, topics: Iterable[Topic]) -> bool:
        """Whether a value read under `stamp` contains every known change of its topics."""
        if stamp.xmin <= self._forgotten:
            return False
        for topic in topics:
            if self._newest.get(topic, -1) >= stamp.xmin:
                return False
            if any(not stamp.sees(xid) for xid in self._recent.get(topic, ())):
                return False
        return True

    def _settle(self, topic: Topic, xmin: int) -> None:
        xids = self._recent[topic]
        settled = [xid for xid in xids if xid < xmin]
        if not settled:
            return
        self._newest[topic] = max(self._newest.get(topic, -1), *settled)
        self._newest.move_to_end(topic)
        xids.difference_update(settled)
        if not xids:
            del self._recent[topic]
        while len(self._newest) > self._limit:
            _, xid = self._newest.popitem(last=False)
            self._forgotten = max(self._forgotten, xid)
