"""Where the pages of a list begin: exact for the newest rows, remembered for a minute where a list is very long."""

from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic

from cachetools import LRUCache

from posthus import telemetry
from posthus.api.places import cursor_of
from posthus.api.shapes.shape import Anchors
from posthus.cache.feed import Feed
from posthus.cache.remember import Cache, Loaded, stand_still
from posthus.cache.snapshot import Snapshot, Topic
from posthus.conversations import listing
from posthus.conversations.filters import Filter
from posthus.conversations.listing import Stretch
from posthus.conversations.shown import Anchors as Places
from posthus.conversations.shown import ConversationPlace
from posthus.database.pool import Database, Identity, assume
from posthus.jobs import WorkspaceId

NEWEST = 5_000
RENEW_SECONDS = 20.0
OLDEST_SECONDS = 60.0
# A page of the long part may have as many rows as a list's answer.
_LONG_PAGE = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose list, which one, and in pages of how many rows."""

    workspace_id: WorkspaceId
    identity: Identity
    wanted: Filter
    page_size: int

    @property
    def key(self) -> Hashable:
        """What two callers share: members of a workspace see the same conversations."""
        return (self.workspace_id, self.wanted, self.page_size)


@dataclass(frozen=True, slots=True)
class _Deep:
    """The pages of all rows older than a place, as they were when they were read."""

    begins: ConversationPlace
    total: int
    cursors: list[str]
    starts: list[int]
    stamp: Snapshot
    read_at: float


class AnchorBook:
    """Anchors of every list; the newest rows obey the feed's bound, places far down are at most a minute old."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed
        self._deep: LRUCache[Hashable, _Deep] = LRUCache(64)
        self._renewing: set[Hashable] = set()
        self._lock = Lock()
        self.newest: Cache[Places] = Cache(feed, 500)

    def read(self, asking: Asking, written: int | None) -> Anchors:
        """Where each page begins, for any list, in few milliseconds once a very long one is known."""
        deep = self._known(asking)
        places = self._read_newest(asking, deep, written)
        if deep is not None and places.total > 3 * NEWEST:
            deep, places = None, self._read_newest(asking, None, written)
        if deep is None and places.total >= NEWEST:
            deep = self._load_deep(asking, places.places[-1])
        return _joined(asking.page_size, places, deep)

    def _read_newest(self, asking: Asking, deep: _Deep | None, written: int | None) -> Places:
        stretch = Stretch(NEWEST) if deep is None else Stretch(4 * NEWEST, until=deep.begins)

        def load() -> Loaded[Places]:
            with self._database.transaction() as connection:
                stamp = stand_still(connection)
                assume(connection, asking.identity)
                found = listing.anchors(
                    connection, asking.workspace_id, asking.wanted, asking.page_size, stretch
                )
            return Loaded(found, stamp, frozenset({Topic(asking.workspace_id, "conversations")}))

        return self.newest.remember((asking.key, stretch), load, written)

    def _known(self, asking: Asking) -> _Deep | None:
        """What is remembered of the long part, if it may still be shown."""
        with self._lock:
            deep = self._deep.get(asking.key)
        if deep is None:
            return None
        self._feed.hold()
        age = monotonic() - deep.read_at
        if self._feed.fresh(deep.stamp, [Topic(asking.workspace_id, "conversations")]):
            return deep
        # A change of thousands of rows at once is shown at once.
        if age > OLDEST_SECONDS or not self._feed.fresh(deep.stamp, [Topic(asking.workspace_id, "errands")]):
            return None
        if age > RENEW_SECONDS:
            self._renew(asking, deep.begins)
        return deep

    def _renew(self, asking: Asking, begins: ConversationPlace) -> None:
        with self._lock:
            if asking.key in self._renewing:
                return
            self._renewing.add(asking.key)

        def renew() -> None:
            try:
                self._load_deep(asking, begins)
            except Exception as error:  # noqa: BLE001 - the next reader reads by itself
                telemetry.log("anchors_not_renewed", error=type(error).__name__)
            finally:
                with self._lock:
                    self._renewing.discard(asking.key)

        Thread(target=renew, name="posthus-anchors", daemon=True).start()

    def _load_deep(self, asking: Asking, begins: ConversationPlace) -> _Deep:
        read_at = monotonic()
        page_size = max(asking.page_size, _LONG_PAGE)
        with self._database.transaction() as connection:
            stamp = stand_still(connection)
            assume(connection, asking.identity)
            found = listing.deep_anchors(connection, asking.workspace_id, asking.wanted, page_size, begins)
        cursors = [cursor_of(begins), *(cursor_of(place) for place in found.places)][: len(found.places)]
        starts = [index * page_size for index in range(len(cursors))]
        deep = _Deep(begins, found.total, cursors, starts, stamp, read_at)
        with self._lock:
            self._deep[asking.key] = deep
        return deep


def _joined(page_size: int, newest: Places, deep: _Deep | None) -> Anchors:
    # The first page begins before every row, each other one after the last row of the page before.
    cursors = ["", *(cursor_of(place) for place in newest.places)][: max(1, len(newest.places))]
    starts = [index * page_size for index in range(len(cursors))]
    total = newest.total
    if deep is not None:
        cursors += deep.cursors
        starts += [total + start for start in deep.starts]
        total += deep.total
    return Anchors(total=total, page_size=page_size, anchors=cursors, starts=starts)
