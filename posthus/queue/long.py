"""A long stage's turn: read, let go of the connection, compute under a lease, write if the lease still holds."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import psycopg
from psycopg import Connection

from posthus import telemetry
from posthus.database.pool import Database
from posthus.database.queries import load
from posthus.jobs import EmbedMessage, FileEvent, LinkMessage
from posthus.queue.failing import Failure, put_aside, transient
from posthus.queue.lanes import Round
from posthus.queue.short import Place, Sizes, move, read, take, take_due
from posthus.queue.stages import Apply, Away, Compute, Item, LongStage, QueueError

SQL = load(__file__, "working.sql")
AnyLongStage = LongStage[FileEvent] | LongStage[LinkMessage] | LongStage[EmbedMessage]


class LeaseLostError(QueueError):
    """Somebody else took the part over: what was computed is thrown away."""


class LongTurns:
    """Takes turns at a long stage; one object per thread."""

    def __init__(self, database: Database, stage: AnyLongStage) -> None:
        self.database = database
        self.stage = stage
        self.sizes = Sizes(stage)
        self.round = Round(stage.bulk_every)
        self._leaving = False

    def leave(self) -> None:
        """Give up what is being computed, from any thread: its part is free at once, and no attempt is counted."""
        self._leaving = True
        self.stage.interrupt()

    def once(self) -> int:
        """One batch of the log and one item whose retry is due; how many items were dealt with."""
        try:
            return self._batch() + self._due()
        except LeaseLostError:
            telemetry.log("lease_lost", stage=self.stage.name)
            return 0

    def _batch(self) -> int:
        place, items, compute, failure = self._claim()
        if place is None:
            return 0
        try:
            if compute is None:
                raise failure or LeaseLostError("nothing was prepared")
            if self._leaving:
                self._release(place)
                return 0
            with self._renewed(place):
                apply = compute()
            self._write(place, items, apply)
        except Exception as error:
            if isinstance(error, Away):
                self._release(place)  # the database is there: nobody has to wait for the lease to end
            if transient(error) or isinstance(error, LeaseLostError):
                raise
            if self._leaving:
                self._release(place)
                return 0
            return self._failed(place, items, Failure.of(error))
        self.sizes.double(place.part)
        return len(items)

    def _claim(self) -> tuple[Place | None, list[Item], Compute | None, Exception | None]:
        """Take a part under a lease, in one short transaction with the reading of what is needed."""
        with self.database.transaction() as connection:
            found = take(connection, self.stage.name, self.round)
            if found is None:
                return None, [], None, None
            # A lease that ran out may mean an item that kills its worker: such parts go on in small steps.
            abandoned = found.abandoned + 1 if found.left_behind else 0
            place = found._replace(epoch=self._lease(connection, found.part, abandoned), abandoned=abandoned)
            items = read(connection, place, max(1, self.sizes.of(place.part) >> abandoned))
            self.round.given(place.part, len(items))
            if abandoned >= self.stage.patience.attempts and len(items) == 1:
                return place, items, None, QueueError("its worker died or hung each time it was tried")
            try:
                with connection.transaction():
                    return place, items, self.stage.prepare(connection, items), None
            except Exception as error:
                if transient(error):
                    raise
                return place, items, None, error

    def _lease(self, connection: Connection, part: int, abandoned: int) -> int:
        parameters = {
            "stage": self.stage.name,
            "part": part,
            "seconds": self.stage.lease,
            "abandoned": abandoned,
        }
        found = connection.execute(SQL["lease_cursor"], parameters).fetchone()
        if found is None:
            raise LeaseLostError("the cursor is gone")
        return int(found[0])

    @contextmanager
    def _renewed(self, place: Place) -> Iterator[None]:
        """Keep the lease alive while the block computes."""
        over = threading.Event()
        keys = {
            "stage": self.stage.name,
            "part": place.part,
            "epoch": place.epoch,
            "seconds": self.stage.lease,
        }

        def renew() -> None:
            while not over.wait(self.stage.lease / 3):
                try:
                    with self.database.transaction() as connection:
                        connection.execute(SQL["renew_lease"], keys)
                except psycopg.Error as error:
                    telemetry.log("lease_not_renewed", stage=self.stage.name, error=type(error).__name__)

        thread = threading.Thread(target=renew, name=f"lease-{self.stage.name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _write(self, place: Place, items: Sequence[Item], apply: Apply) -> None:
        with self.database.transaction() as connection:
            # First the fence: a worker that was overtaken must not write a thing.
            if not move(connection, self.stage.name, place, items):
                raise LeaseLostError(self.stage.name)
            apply(connection)

    def _failed(self, place: Place, items: Sequence[Item], failure: Failure) -> int:
        if len(items) > 1:
            self.sizes.halve(place.part, len(items))
            self._release(place)
            return len(items)
        with self.database.transaction() as connection:
            if move(connection, self.stage.name, place, items):
                put_aside(connection, self.stage, items[0], failure)
        return 1

    def _release(self, place: Place) -> None:
        with self.database.transaction() as connection:
            keys = {"stage": self.stage.name, "part": place.part, "epoch": place.epoch}
            connection.execute(SQL["release_cursor"], keys)

    def _due(self) -> int:
        lent = self._lend()
        if lent is None:
            return 0
        item, until = lent
        try:
            with self.database.transaction() as connection:
                compute = self.stage.prepare(connection, [item])
            apply = compute()
            with self.database.transaction() as connection:
                finished = connection.execute(SQL["finish_lent"], {"id": item.id, "run_at": until})
                if finished.rowcount != 1:
                    raise LeaseLostError(self.stage.name)
                apply(connection)
        except Exception as error:
            if transient(error) or isinstance(error, LeaseLostError):
                raise
            with self.database.transaction() as connection:
                if self._leaving:
                    connection.execute(SQL["give_back"], {"id": item.id, "run_at": until})
                    return 0
                put_aside(connection, self.stage, item, Failure.of(error))
        return 1

    def _lend(self) -> tuple[Item, datetime] | None:
        with self.database.transaction() as connection:
            item = take_due(connection, self.stage.name, self.round)
            if item is None:
                return None
            found = connection.execute(
                SQL["lend_due"], {"id": item.id, "seconds": self.stage.lease}
            ).fetchone()
            return None if found is None else (item, found[0])
