"""What narrows a search: the filters of the request and those typed in its text, names become numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from psycopg import Connection

from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.search.days import day_of
from posthus.search.language import Field, Filter, Question, without, written
from posthus.search.request import Chip, SearchRequest

SQL = load(__file__)

_CHANNELS = {
    "email": "email", "mail": "email", "e-mail": "email", "chat": "chat",
    "form": "form", "formular": "form",
}  # fmt: skip
_FILES = frozenset({"file", "files", "attachment", "attachments", "fil", "filer", "vedhæftet", "vedhæftning"})
_STATES: Mapping[str, tuple[str, object]] = {
    "open": ("status", "open"), "åben": ("status", "open"), "aaben": ("status", "open"),
    "closed": ("status", "closed"), "lukket": ("status", "closed"),
    "unread": ("unread", True), "ulæst": ("unread", True), "read": ("unread", False), "læst": ("unread", False),
}  # fmt: skip
_NUMBERED = {"company": "companies", "contact": "contacts", "source": "sources"}
_WRITTEN = {"from": "senders", "to": "receivers"}
NAMES = (
    "sources", "not_sources", "channel", "not_channel", "contacts", "not_contacts", "companies", "not_companies",
    "since", "until", "files", "status", "unread", "senders", "not_senders", "receivers", "not_receivers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters as the queries name them, and what of the text they came from."""

    values: Mapping[str, object]
    chips: tuple[Chip, ...]

    @property
    def filtered(self) -> bool:
        """Whether anything but the workspace narrows the search."""
        return any(value is not None for value in self.values.values())

    @property
    def by_state(self) -> bool:
        """Whether it asks for what people change: open, closed, read or unread."""
        return self.values["status"] is not None or self.values["unread"] is not None


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Day:
    day: date


@dataclass(frozen=True, slots=True)
class _Moment:
    moment: datetime


def narrow(connection: Connection, request: SearchRequest, question: Question) -> Narrowing:
    """Look up what the filters name; several companies, contacts or sources widen each other, the rest narrows."""
    reading = _Reading(connection, request)
    chips = [
        Chip(one.field, one.value, one.negated, reading.take(one), without=written(without(question, one)))
        for one in question.filters
    ]
    return Narrowing({name: reading.values.get(name) for name in NAMES}, tuple(chips))


class _Reading:
    """The values gathered so far, beginning with the request's own."""

    def __init__(self, connection: Connection, request: SearchRequest) -> None:
        self.connection = connection
        self.workspace = request.workspace_id
        self.fixed = {
            name: [value]
            for name, value in (
                ("sources", request.source),
                ("contacts", request.contact),
                ("companies", request.company),
            )
            if value is not None
        }
        self.values: dict[str, object] = {
            **self.fixed,
            "channel": request.channel,
            "since": request.since,
            "until": request.until,
            "files": request.files,
            "status": request.status,
        }
        self.lists: dict[str, list[int]] = {}
        self.patterns: dict[str, list[str]] = {}

    def take(self, one: Filter) -> bool:
        """Take a filter in; whether it is known."""
        value = one.value.lower()
        match one.field:
            case "company" | "contact" | "source":
                known = self._numbers(one)
            case "from" | "to":
                name = ("not_" if one.negated else "") + _WRITTEN[one.field]
                self.patterns.setdefault(name, []).append(pattern(one.value))
                known = self._set(name, self.patterns[name])
            case "has":
                known = value in _FILES and self._set("files", not one.negated)
            case "is":
                known = self._state(value, negated=one.negated)
            case "channel":
                name = "not_channel" if one.negated else "channel"
                known = value in _CHANNELS and self._set(name, _CHANNELS[value])
            case "before" | "after":
                known = self._day(one.field, value, negated=one.negated)
            case "subject":
                known = True
            case "tag":
                known = False
            case _:
                assert_never(one.field)
        return known

    def _set(self, name: str, value: object) -> bool:
        self.values[name] = value
        return True

    def _state(self, value: str, *, negated: bool) -> bool:
        if value not in _STATES:
            return False
        name, wanted = _STATES[value]
        if negated:
            wanted = {"open": "closed", "closed": "open"}[str(wanted)] if name == "status" else not wanted
        return self._set(name, wanted)

    def _numbers(self, one: Filter) -> bool:
        table = _NUMBERED[one.field]
        given = {"workspace": self.workspace, "pattern": pattern(one.value), "value": one.value}
        found = [each.id for each in rows(self.connection, SQL[f"{table}_named"], given, _Id)]
        name = f"not_{table}" if one.negated else table
        self.lists[name] = sorted({*self.lists.get(name, ()), *found})
        fixed = self.fixed.get(name)
        self.values[name] = self.lists[name] if fixed is None else _common(self.lists[name], fixed)
        return bool(found)

    def _day(self, which: Field, value: str, *, negated: bool) -> bool:
        today = row(self.connection, SQL["today"], {"workspace": self.workspace}, _Day)
        day = None if today is None else day_of(value, today.day)
        if day is None:
            return False
        given = {"workspace": self.workspace, "day": day}
        found = row(self.connection, SQL["day_begins"], given, _Moment)
        assert found is not None
        name = "since" if (which == "after") is not negated else "until"
        before = self.values.get(name)
        if isinstance(before, datetime):
            wanted = max(before, found.moment) if name == "since" else min(before, found.moment)
            return self._set(name, wanted)
        return self._set(name, found.moment)


def pattern(value: str) -> str:
    """What `ilike` finds the value with, anywhere."""
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _common(found: Iterable[int], fixed: Iterable[int]) -> list[int]:
    return sorted(set(found) & set(fixed))
