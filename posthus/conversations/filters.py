"""Which conversations: a tree of conditions, read from JSON, made definite for a viewer, compiled to fixed SQL. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from posthus.database.queries import load

CONDITIONS = {
    name: body.split(b" where ", 1)[1].strip() for name, body in load(__file__, "conditions.sql").items()
}
MOST_CONDITIONS = 50
DEEPEST = 6
_LONGEST_TEXT = 200
_SHORTEST_SUBJECT = 3
_DAYS_BACK = re.compile(r"^-([0-9]{1,4})d$")

Definite = str | int | bool | datetime | None


class FilterError(ValueError):
    """The filter cannot be understood; the message says which part and what would be right."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one field; `values` has one value except for `in`."""

    field: str
    operator: str
    values: tuple[Definite, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; no parts: everything."""

    parts: "tuple[Filter, ...]" = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Unless:
    """The part does not hold."""

    part: "Filter"


Filter = Condition | Every | Some | Unless
EVERYTHING = Every()


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a filter is made definite: who `me` is, and when the days of `-7d` begin."""

    member_id: int | None
    time_zone: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def days_ago(self, days: int) -> datetime:
        """The first moment of the day so many days back, in the viewer's time zone."""
        day = (self.now.astimezone(ZoneInfo(self.time_zone)) - timedelta(days=days)).date()
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition of SQL over `c`, and its parameters."""

    where: bytes
    parameters: Mapping[str, object]


def read_filter(value: object, viewer: Viewer) -> Filter:
    """Check a filter as it came (JSON) and make it definite; raises FilterError."""
    counted = count(1)
    return _read(value, viewer, counted, 1)


def _read(value: object, viewer: Viewer, counted: Iterator[int], depth: int) -> Filter:
    if not isinstance(value, dict):
        raise FilterError('a filter is an object such as {"all": []} or {"field": "unread", "is": true}')
    if depth > DEEPEST or next(counted) > MOST_CONDITIONS:
        raise FilterError(f"a filter has at most {MOST_CONDITIONS} conditions, {DEEPEST} levels deep")
    if "field" in value:
        return _condition(value, viewer)
    if len(value) != 1:
        raise FilterError("a group has one of: all, any, not")
    ((kind, inner),) = value.items()
    if kind == "not":
        return Unless(_read(inner, viewer, counted, depth + 1))
    if kind not in {"all", "any"} or not isinstance(inner, list):
        raise FilterError('a group is {"all": […]}, {"any": […]} or {"not": {…}}')
    parts = tuple(_read(one, viewer, counted, depth + 1) for one in inner)
    return Every(parts) if kind == "all" else Some(parts)


def _condition(value: Mapping[object, object], viewer: Viewer) -> Condition:
    name = value["field"]
    reader = _FIELDS.get(name) if isinstance(name, str) else None
    if reader is None:
        raise FilterError(f"there is no field {name!r}; known are {', '.join(sorted(_FIELDS))}")
    operators = [key for key in value if key != "field"]
    if len(operators) != 1 or operators[0] not in reader.operators:
        raise FilterError(f"{name} takes one of: {', '.join(reader.operators)}")
    operator = str(operators[0])
    given = value[operator]
    if operator == "in" and (not isinstance(given, list) or len(given) > 500):
        raise FilterError(f"{name}: in takes a list of at most 500 values")
    several = given if isinstance(given, list) and operator == "in" else [given]
    try:
        return Condition(str(name), operator, tuple(reader.read(one, viewer) for one in several))
    except FilterError as error:
        raise FilterError(f"{name}: {error}") from error


def _word(*words: str) -> Callable[[object, Viewer], Definite]:
    def read(value: object, _: Viewer) -> Definite:
        if not isinstance(value, str) or value not in words:
            raise FilterError(f"one of {', '.join(words)}")
        return value

    return read


def _switch(value: object, _: Viewer) -> Definite:
    if not isinstance(value, bool):
        raise FilterError("true or false")
    return value


def _number(value: object, _: Viewer) -> Definite:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**62:
        raise FilterError("a number")
    return value


def _number_or_none(value: object, viewer: Viewer) -> Definite:
    return None if value is None else _number(value, viewer)


def _person(value: object, viewer: Viewer) -> Definite:
    if value == "me":
        if viewer.member_id is None:
            raise FilterError("an API key is nobody; name a member by number")
        return viewer.member_id
    return _number_or_none(value, viewer)


def _moment(value: object, viewer: Viewer) -> Definite:
    if isinstance(value, str):
        back = _DAYS_BACK.match(value)
        if back:
            return viewer.days_ago(int(back[1]))
        try:
            found = datetime.fromisoformat(value)
            return (
                found.replace(tzinfo=ZoneInfo(viewer.time_zone)) if found.tzinfo is None else found
            ).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise FilterError("a date such as 2026-01-31, or -7d for seven days back")


def _text(value: object, _: Viewer) -> Definite:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT or "\0" in value:
        raise FilterError(f"a text of at most {_LONGEST_TEXT} characters")
    return value.strip()


def _subject(value: object, viewer: Viewer) -> Definite:
    text = str(_text(value, viewer))
    if len(text) < _SHORTEST_SUBJECT:
        raise FilterError(f"a text of at least {_SHORTEST_SUBJECT} characters")
    return text


@dataclass(frozen=True, slots=True)
class _Field:
    operators: tuple[str, ...]
    read: Callable[[object, Viewer], Definite]


_FIELDS: Mapping[str, _Field] = {
    "status": _Field(("is", "in"), _word("open", "closed")),
    "channel": _Field(("is", "in"), _word("email", "chat", "form")),
    "assignee": _Field(("is", "in"), _person),
    "unread": _Field(("is",), _switch),
    "attachment": _Field(("is",), _switch),
    "snoozed": _Field(("is",), _switch),
    "tag": _Field(("is", "in"), _number_or_none),
    "source": _Field(("is", "in"), _number),
    "contact": _Field(("is", "in"), _number_or_none),
    "company": _Field(("is", "in"), _number_or_none),
    "board_column": _Field(("is", "in"), _number_or_none),
    "last_message": _Field(("before", "after"), _moment),
    "first_message": _Field(("before", "after"), _moment),
    "snoozed_until": _Field(("before", "after"), _moment),
    "text": _Field(("contains",), _text),
    "subject": _Field(("contains",), _subject),
}


def compile_filter(wanted: Filter) -> Compiled:
    """The filter as SQL made of `conditions.sql` only; what people typed becomes parameters `f0`, `f1`, …"""
    parameters: dict[str, object] = {}
    return Compiled(_compile(wanted, parameters), parameters)


def _compile(wanted: Filter, parameters: dict[str, object]) -> bytes:
    match wanted:
        case Every(parts):
            return _joined(b" and ", [_compile(part, parameters) for part in parts], b"true")
        case Some(parts):
            return _joined(b" or ", [_compile(part, parameters) for part in parts], b"false")
        case Unless(part):
            return b"(" + _compile(part, parameters) + b") is not true"
        case Condition():
            return _joined(b" or ", list(_alternatives(wanted, parameters)), b"false")


def _joined(word: bytes, parts: Sequence[bytes], nothing: bytes) -> bytes:
    if not parts:
        return nothing
    return parts[0] if len(parts) == 1 else b"(" + word.join(parts) + b")"


def _alternatives(one: Condition, parameters: dict[str, object]) -> Iterator[bytes]:
    values = list(dict.fromkeys(one.values))
    if one.operator in {"before", "after", "contains"}:
        value = values[0]
        if one.field == "subject":
            value = "%" + re.sub(r"([\\%_])", r"\\\1", str(value)) + "%"
        yield _placed(f"{one.field}_{one.operator}", value, parameters)
        return
    if None in values:
        yield CONDITIONS[f"{one.field}_nobody"]
    known = [value for value in values if value is not None]
    if known and isinstance(known[0], bool):
        yield CONDITIONS[f"{one.field}_{'yes' if known[0] else 'no'}"]
    elif len(known) > 1 and f"{one.field}_in" in CONDITIONS:
        yield _placed(f"{one.field}_in", known, parameters)
    else:
        for value in known:
            yield _placed(f"{one.field}_is", value, parameters)


def _placed(condition: str, value: object, parameters: dict[str, object]) -> bytes:
    name = f"f{len(parameters)}"
    parameters[name] = value
    return CONDITIONS[condition].replace(b"%(value)s", b"%%(%s)s" % name.encode())
