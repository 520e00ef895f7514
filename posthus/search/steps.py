"""What a search did, step by step, and how long each took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Step:
    """One step with its milliseconds, and how many messages or chunks it found where it looks for some."""

    name: str
    milliseconds: float
    found: int | None


class Steps:
    """The steps so far."""

    def __init__(self) -> None:
        self._began = perf_counter()
        self._taken: list[Step] = []

    @contextmanager
    def time(self, name: str) -> Iterator[Callable[[int], None]]:
        """Note the step that the block is; it may tell how many it found."""
        found: list[int] = []
        began = perf_counter()
        yield found.append
        self._taken.append(Step(name, (perf_counter() - began) * 1000, sum(found) if found else None))

    @property
    def taken(self) -> tuple[Step, ...]:
        """In their order."""
        return tuple(self._taken)

    @property
    def milliseconds(self) -> float:
        """Since the first step began."""
        return (perf_counter() - self._began) * 1000
