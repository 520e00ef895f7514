"""Count, time and log: three functions' worth of seeing, with nothing below them."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Literal, TextIO

Field = str | int | float | bool | None | object

_logger = logging.getLogger("posthus")


def log(event: str, *, level: int = logging.INFO, **fields: Field) -> None:
    """Write one line: a static word and the ids that go with it, never contents."""
    if _logger.isEnabledFor(level):
        _logger.log(level, event, extra={"fields": fields})


class _Lines(logging.Formatter):
    def __init__(self, form: Literal["human", "json"]) -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = getattr(record, "fields", {})
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if self.form == "json":
            line = {"at": at, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
            if record.exc_info:
                line["error"] = self.formatException(record.exc_info)
            return json.dumps(line, default=str, ensure_ascii=False)
        words = " ".join(f"{name}={value}" for name, value in fields.items())
        text = f"{at[11:23]} {record.levelname.lower():7} {record.getMessage()} {words}".rstrip()
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def start_logging(form: Literal["human", "json"], stream: TextIO = sys.stderr) -> None:
    """Send every line to `stream`, for people or for machines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Lines(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _logger.setLevel(logging.INFO)


class Meter:
    """Counters and seconds of one process, read and reset by whoever samples them, and levels that are looked at."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}
        self._watched: list[Callable[[], Mapping[str, float]]] = []

    def add(self, name: str, amount: float = 1.0) -> None:
        """Add to a counter; the name is a static word such as `file.done`."""
        self._values[name] = self._values.get(name, 0.0) + amount

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Add the seconds that the block takes."""
        started = perf_counter()
        try:
            yield
        finally:
            self.add(name, perf_counter() - started)

    def watch(self, look: Callable[[], Mapping[str, float]]) -> None:
        """Ask for levels whenever the counters are taken; those of one name add up."""
        self._watched.append(look)

    def take(self) -> dict[str, float]:
        """What was counted since the last call, and the levels as they are now."""
        taken, self._values = self._values, {}
        for look in self._watched:
            for name, value in look().items():
                taken[name] = taken.get(name, 0.0) + value
        return taken
