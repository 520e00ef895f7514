"""How long the CRM's API takes on a million conversations, beside an endpoint that does nothing, in the same run.

`posthus bench api`; POSTHUS_BENCH_CONVERSATIONS makes it smaller or larger.
"""

import os
import random
from collections.abc import Callable
from statistics import quantiles
from time import perf_counter

import httpx

from bench.database import fresh_database
from bench.large_workspace import LargeWorkspace, make_large_workspace
from bench.serving import served

ROUNDS = 200
Figures = dict[str, float | int]


def timed(ask: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """The median and the 95th percentile of some calls, in milliseconds."""
    took = []
    for _ in range(rounds):
        begun = perf_counter()
        ask()
        took.append((perf_counter() - begun) * 1000)
    cuts = quantiles(took, n=20)
    return cuts[9], cuts[18]


class Asking:
    """A client that asks as a screen does."""

    def __init__(self, base: str, made: LargeWorkspace, total: int) -> None:
        self.http = httpx.Client(base_url=base, timeout=60, headers={"Authorization": f"Bearer {made.key}"})
        self.made, self.total = made, total
        self.random = random.Random(7)
        self.deep: list[str] = []
        self.rare = f'{{"field": "tag", "is": {made.tag + 3}}}'
        self.common = f'{{"field": "tag", "is": {made.tag}}}'

    def get(self, path: str, **wanted: str) -> dict[str, object]:
        """One answer, which must be a good one."""
        answer = self.http.get(path, params=wanted)
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found

    def empty(self) -> None:
        """The endpoint that does nothing."""
        self.http.get("/healthz")

    def anchors(self) -> None:
        """Where every page of the whole list begins."""
        found = self.get("/api/v1/conversations/anchors", view="all")["anchors"]
        assert isinstance(found, list)
        self.deep = found

    def anywhere(self) -> None:
        """A page anywhere in the list, as the scrollbar jumps to it."""
        index = self.random.randrange(1, len(self.deep) - 1)
        ends = {"cursor": self.deep[index], "until": self.deep[index + 1]}
        assert self.get("/api/v1/conversations", view="all", limit="200", **ends)["items"]

    def change(self) -> None:
        """Close or open one of the newest conversations."""
        number = self.total - self.random.randrange(1000)
        body = {"status": self.random.choice(["open", "closed"])}
        self.http.patch(f"/api/v1/conversations/{number}", json=body).raise_for_status()

    def changed_anchors(self) -> None:
        """The same anchors, after something changed."""
        self.get("/api/v1/conversations/anchors", view="inbox")

    def open(self) -> None:
        """A conversation as its page asks for it."""
        number = self.random.randrange(1, self.total)
        self.get(f"/api/v1/conversations/{number}")
        self.get(f"/api/v1/conversations/{number}/timeline")


def measure(base: str, made: LargeWorkspace, total: int) -> Figures:
    """Every figure, in milliseconds."""
    asking = Asking(base, made, total)
    figures: Figures = {"conversations": total}

    def note(name: str, ask: Callable[[], object], rounds: int = ROUNDS) -> None:
        figures[f"{name}, p50 ms"], figures[f"{name}, p95 ms"] = timed(ask, rounds)

    begun = perf_counter()
    asking.anchors()
    figures["anchors of the whole list, the first time, ms"] = (perf_counter() - begun) * 1000
    note("an endpoint that does nothing", asking.empty)
    note("inbox, first page of 100", lambda: asking.get("/api/v1/conversations", view="inbox", limit="100"))
    note("a page anywhere in the list", asking.anywhere)
    note("anchors of the whole list, known", asking.anchors, 50)
    note("a change of one conversation", asking.change)

    def after_change() -> None:
        asking.change()
        asking.changed_anchors()

    note("a change and the inbox's anchors after it", after_change, 60)

    def counts_after_change() -> None:
        asking.change()
        asking.get("/api/v1/views/counts")

    note("a change and every view's count after it", counts_after_change, 60)
    note("a rare tag, first page", lambda: asking.get("/api/v1/conversations", filter=asking.rare))
    note("a common tag, first page", lambda: asking.get("/api/v1/conversations", filter=asking.common))
    mixed = f'{{"all": [{asking.common}, {{"any": [{{"field": "unread", "is": true}}, {{"field": "attachment", "is": true}}]}}]}}'
    note("AND and OR, first page", lambda: asking.get("/api/v1/conversations", view="inbox", filter=mixed))
    text = '{"field": "text", "contains": "besigtigelse"}'
    note("words of the messages, first page", lambda: asking.get("/api/v1/conversations", filter=text), 20)
    note("people by a part of their name", lambda: asking.get("/api/v1/contacts", q="østergaard 4711"))
    note("a conversation opened (head and timeline)", asking.open)
    return figures


def run() -> Figures:
    """Make the workspace, serve it, ask."""
    total = int(os.environ.get("POSTHUS_BENCH_CONVERSATIONS", "1000000"))
    with fresh_database() as database:
        begun = perf_counter()
        made = make_large_workspace(database, total)
        seconds = perf_counter() - begun
        with served("bench.api_served:api", {"POSTHUS_BENCH_DATABASE": database.url}) as base:
            figures = measure(base, made, total)
    return {**figures, "making the workspace, s": seconds}
