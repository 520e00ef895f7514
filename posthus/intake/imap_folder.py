"""Following one folder: what is missing is taken in newest first, what changes or goes is marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from posthus.database.pool import Database
from posthus.intake import imap_places as places
from posthus.intake.imap_link import Fetched, Link, Opened
from posthus.intake.imap_mailboxes import Mailbox
from posthus.intake.imap_places import Taken, leased
from posthus.intake.importer import mail_key
from posthus.intake.inbox import NewEvent, receive, storable
from posthus.intake.uids import batches, multirange
from posthus.jobs import Lane
from posthus.telemetry import log

_RANGE = re.compile(r"\[(\d+),(\d+)\)")
_FLAGS_AT_ONCE = 5_000
Read = tuple[int, Fetched]
Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Reading:
    """How much is read at once, and how often all uids are compared."""

    messages: int = 200
    bytes: int = 8_000_000
    largest: int = 50_000_000
    check_seconds: float = 6 * 3600.0


class FolderSync:
    """One folder over one connection; `missing` is what is still to be taken in, the newest last."""

    def __init__(self, database: Database, mailbox: Mailbox, name: str, reading: Reading) -> None:
        self.database = database
        self.mailbox = mailbox
        self.name = name
        self.reading = reading
        self.missing: list[int] = []
        self._place: places.Place | None = None
        self._seen: Opened | None = None
        self._uid_next = 1
        self._old = 0  # messages below this number are a backlog: they wait behind what comes now

    def look(self, link: Link, asked: datetime | None = None) -> None:
        """See what is new, changed or gone since the last look; compares all uids where that is due."""
        opened = link.open(self.name)
        place = self._opened_place(opened)
        forced = asked is not None and (place.checked_at is None or asked > place.checked_at)
        if forced or self._due(place) or not self._follow(link, place, opened):
            self._compare(link, place, opened, forced=forced)
        self._seen = opened
        self._save_place(opened)

    def is_as_seen(self, opened: Opened) -> bool:
        """Whether nothing has happened in the folder since the last look."""
        return opened == self._seen

    def take(self, link: Link, most: int) -> None:
        """Take in at most so many of what is missing, the newest first."""
        place, opened = self._place, link.open(self.name)
        if place is None or opened.uid_validity != place.uid_validity:
            return  # all numbers have changed their meaning: the next look starts anew
        newest = self.missing[: -most - 1 : -1]
        sizes = link.sizes(newest)
        sized = [(uid, sizes.get(uid, 0)) for uid in newest]
        for batch in batches(sized, min(place.batch, self.reading.messages), self.reading.bytes):
            large = [uid for uid in batch if sizes.get(uid, 0) > self.reading.largest]
            self._refuse(place, large, f"larger than {self.reading.largest // 1_000_000} MB")
            self._take(link, place, [uid for uid in batch if uid not in large])
            del self.missing[-len(batch) :]
        self._save_place(replace(opened, modseq=place.modseq))

    def _opened_place(self, opened: Opened) -> places.Place:
        if self._place is None or self._place.uid_validity != opened.uid_validity:
            with leased(self.database, self.mailbox) as connection:
                self._place = places.open_place(connection, self.mailbox, self.name, opened.uid_validity)
            self.missing, self._seen, self._uid_next = [], None, self._place.uid_next
        return self._place

    def _due(self, place: places.Place) -> bool:
        if place.checked_at is None:
            return True
        return datetime.now(UTC) - place.checked_at > timedelta(seconds=self.reading.check_seconds)

    def _follow(self, link: Link, place: places.Place, opened: Opened) -> bool:
        """Take note of what changed; False where only a comparison of all uids can tell."""
        if self._uid_next == 1 or (self._seen is None and not place.modseq):
            return False
        if opened == self._seen:
            return True
        fresh = link.uids(self._uid_next)
        vanished: str | None = None
        if opened.modseq and place.modseq:
            changes = link.changes(place.modseq)
            vanished = changes.vanished
            with leased(self.database, self.mailbox) as connection:
                places.save_flags(connection, place, changes.flags)
                places.mark_gone(connection, place, vanished or "{}")
        if vanished is None and (self._seen is None or opened.messages != self._seen.messages + len(fresh)):
            return False
        self._add(fresh)
        self._drop(vanished or "{}")
        return True

    def _compare(self, link: Link, place: places.Place, opened: Opened, *, forced: bool) -> None:
        server = link.uids()
        with leased(self.database, self.mailbox) as connection:
            missing = _spelled_out(places.compare(connection, place, multirange(server), again=forced))
            places.save_comparison(connection, place, len(server), len(missing))
        self._place = replace(place, checked_at=datetime.now(UTC))
        self.missing = missing
        self._uid_next = max(server, default=0) + 1
        self._old = self._uid_next if len(missing) > self.reading.messages else 0
        if not (opened.modseq and place.modseq):
            for start in range(0, len(server), _FLAGS_AT_ONCE):
                flags = link.flags(server[start : start + _FLAGS_AT_ONCE])
                with leased(self.database, self.mailbox) as connection:
                    places.save_flags(connection, place, flags)
        log("folder_compared", source_id=self.mailbox.source_id, on_server=len(server), missing=len(missing))

    def _add(self, fresh: Sequence[int]) -> None:
        if fresh:
            self.missing += sorted(fresh)
            self._uid_next = max(fresh) + 1

    def _drop(self, vanished: str) -> None:
        gone = _spans(vanished)
        if gone and self.missing:
            self.missing = [uid for uid in self.missing if not any(low <= uid < high for low, high in gone)]

    def _save_place(self, opened: Opened) -> None:
        place = self._place
        if place is None:
            return
        caught_up = not self.missing
        # What is below uid_next must be here, also for whoever begins again after a kill.
        through = self._uid_next if caught_up else 1
        reached = replace(place, uid_next=through, modseq=opened.modseq, caught_up=caught_up)
        if reached != place:
            with leased(self.database, self.mailbox) as connection:
                places.save_place(connection, reached, opened.messages)
            self._place = reached

    def _take(self, link: Link, place: places.Place, uids: Sequence[int]) -> None:
        if not uids:
            return
        try:
            fetched = link.messages(uids)
        except (IMAPClientAbortError, OSError) as error:
            self._broke(place, uids, error)
            raise
        except IMAPClientError as error:
            # One message that the server cannot hand over must not keep its neighbours out.
            if len(uids) == 1:
                self._refuse(place, uids, f"the server answers: {' '.join(str(error).split())[:200]}")
                return
            for half in _halves(uids):
                self._take(link, place, half)
            return
        self._store(place, [(uid, fetched[uid]) for uid in uids if uid in fetched])
        self._refuse(place, [uid for uid in uids if uid not in fetched], "the server does not hand it over")

    def _store(self, place: places.Place, messages: Sequence[Read]) -> None:
        if not messages:
            return
        events = [self._event(uid, message) for uid, message in messages]
        lane: Lane = "bulk" if max(uid for uid, _ in messages) < self._old else "live"
        try:
            with leased(self.database, self.mailbox) as connection:
                received = receive(connection, events, lambda _: lane)
                taken = [
                    Taken(uid, event.event_id, message.flags)
                    for (uid, message), event in zip(messages, received, strict=True)
                ]
                places.save_messages(connection, place, taken, self._next_batch(place, len(messages)))
            log("mailbox_mail_taken", source_id=self.mailbox.source_id, messages=len(messages))
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            if len(messages) == 1:
                self._refuse(place, [messages[0][0]], f"it cannot be stored: {type(error).__name__}")
                return
            for half in _halves(messages):
                self._store(place, half)

    def _refuse(self, place: places.Place, uids: Sequence[int], why: str) -> None:
        if uids:
            log("mail_not_taken", source_id=self.mailbox.source_id, messages=len(uids))
            refused = [Taken(uid, None, trouble=storable(why)) for uid in uids]
            with leased(self.database, self.mailbox) as connection:
                places.save_messages(connection, place, refused, place.batch)

    def _broke(self, place: places.Place, uids: Sequence[int], error: Exception) -> None:
        """Remember which batch broke the connection: next time fewer, at last the one is passed over."""
        alone = len(uids) == 1
        refused = (
            [Taken(uids[0], None, trouble=f"the connection broke: {type(error).__name__}")] if alone else []
        )
        with leased(self.database, self.mailbox) as connection:
            places.save_messages(connection, place, refused, max(1, len(uids) // 2))

    def _next_batch(self, place: places.Place, size: int) -> int:
        grown = min(self.reading.messages, max(place.batch, 2 * size))
        self._place = replace(self._place or place, batch=grown)
        return grown

    def _event(self, uid: int, message: Fetched) -> NewEvent:
        arrived = message.arrived_at.isoformat() if message.arrived_at else None
        return NewEvent(
            workspace_id=self.mailbox.workspace_id,
            source_id=self.mailbox.source_id,
            kind="mail",
            body=message.raw,
            envelope={"folder": storable(self.name), "uid": uid, "arrived_at": arrived},
            idempotency_key=mail_key(message.raw),
            permanent=True,
        )


def _halves(each: Sequence[Each]) -> Iterator[Sequence[Each]]:
    middle = len(each) // 2
    yield each[:middle]
    yield each[middle:]


def _spans(multirange_text: str) -> list[tuple[int, int]]:
    return [(int(low), int(high)) for low, high in _RANGE.findall(multirange_text)]


def _spelled_out(multirange_text: str) -> list[int]:
    return [uid for low, high in _spans(multirange_text) for uid in range(low, high)]
