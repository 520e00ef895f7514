"""A short stage's turn: effects and the cursor's move in one transaction."""

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import namedtuple_row

from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.jobs import EmbedMessage, FileEvent, Lane, LinkMessage
from posthus.queue.failing import Failure, put_aside, transient
from posthus.queue.lanes import FIRST_AGAIN, PARTS, Round, lane_of
from posthus.queue.stages import AnyStage, Item, Stage, topic_of

SQL = load(__file__, "working.sql")
ShortStage = Stage[FileEvent] | Stage[LinkMessage] | Stage[EmbedMessage]


class Place(NamedTuple):
    """A part that was taken: where its cursor stands, and whether someone left it behind."""

    topic: str
    part: int
    position: int
    epoch: int
    abandoned: int
    left_behind: bool


class Sizes:
    """How many items a part is given at a time: halved when a batch fails, doubled when one is done."""

    def __init__(self, stage: AnyStage) -> None:
        self._most: dict[Lane, int] = {"live": stage.batch, "bulk": stage.bulk_batch or stage.batch}
        self._sizes: dict[int, int] = {}

    def of(self, part: int) -> int:
        """The size of the part's next batch."""
        return self._sizes.get(part, self._most[lane_of(part)])

    def halve(self, part: int, failed: int) -> None:
        """A batch of `failed` items failed."""
        self._sizes[part] = max(1, failed // 2)

    def double(self, part: int) -> None:
        """A batch was done."""
        self._sizes[part] = min(self._most[lane_of(part)], self.of(part) * 2)


class ShortTurns:
    """Takes turns at a short stage; one object per thread."""

    def __init__(self, database: Database, stage: ShortStage) -> None:
        self.database = database
        self.stage = stage
        self.sizes = Sizes(stage)
        self.round = Round(stage.bulk_every)

    def once(self) -> int:
        """One batch of the log and one item whose retry is due; how many items were dealt with."""
        return self._batch() + self._due()

    def _batch(self) -> int:
        place, items = None, []
        try:
            with self.database.transaction() as connection:
                place = take(connection, self.stage.name, self.round)
                if place is None:
                    return 0
                items = read(connection, place, self.sizes.of(place.part))
                self.round.given(place.part, len(items))
                self.stage.work(connection, items)
                move(connection, self.stage.name, place, items)
        except Exception as error:
            if place is None or not items or transient(error):
                raise
            return self._failed(place, items, Failure.of(error))
        self.sizes.double(place.part)
        return len(items)

    def _failed(self, place: Place, items: Sequence[Item], failure: Failure) -> int:
        if len(items) > 1:
            self.sizes.halve(place.part, len(items))
            return len(items)
        with self.database.transaction() as connection:
            # Somebody may have taken the part meanwhile: then the cursor does not move, and nothing is written.
            if move(connection, self.stage.name, place, items):
                put_aside(connection, self.stage, items[0], failure)
        return 1

    def _due(self) -> int:
        item = None
        try:
            with self.database.transaction() as connection:
                item = take_due(connection, self.stage.name, self.round)
                if item is None:
                    return 0
                self.stage.work(connection, [item])
                connection.execute(SQL["finish_due"], {"id": item.id})
        except Exception as error:
            if item is None or transient(error):
                raise
            with self.database.transaction() as connection:
                put_aside(connection, self.stage, item, Failure.of(error))
        return 1


def ensure_cursors(database: Database, stage: AnyStage) -> None:
    """Make the cursors of a stage unless they are there."""
    keys = {
        "stage": stage.name,
        "topic": topic_of(stage.job),
        "first_again": FIRST_AGAIN,
        "last_part": PARTS - 1,
        "next": stage.starts == "next",
    }
    with database.transaction() as connection:
        connection.execute(SQL["ensure_cursors"], keys)


def take(connection: Connection, stage: str, turns: Round) -> Place | None:
    """Lock the part of the stage whose turn it is, until the transaction ends."""
    parameters = {"stage": stage, "parts": turns.next()}
    found = connection.execute(SQL["take_cursor"], parameters).fetchone()
    return None if found is None else Place(*found)


def read(connection: Connection, place: Place, batch: int) -> list[Item]:
    """The next items of a part."""
    parameters = {"topic": place.topic, "part": place.part, "position": place.position, "batch": batch}
    return [Item(*found) for found in connection.execute(SQL["read_batch"], parameters)]


def move(connection: Connection, stage: str, place: Place, items: Sequence[Item]) -> bool:
    """Move the cursor over the items; False when somebody else has taken or moved it."""
    parameters = {
        "stage": stage,
        "part": place.part,
        "epoch": place.epoch,
        "position": items[-1].id,
        "done": len(items),
    }
    return connection.execute(SQL["move_cursor"], parameters).rowcount == 1


def take_due(connection: Connection, stage: str, turns: Round) -> Item | None:
    """Lock a failed item whose time has come, of the lane whose turn it is before the other's."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        for bulk in (turns.bulk_first, not turns.bulk_first):
            found = cursor.execute(SQL["take_due"], {"stage": stage, "bulk": bulk}).fetchone()
            if found is not None:
                return Item(*found)
    return None
