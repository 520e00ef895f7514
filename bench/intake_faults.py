"""Everything goes wrong while webhooks come in: who was told yes must be filed exactly once, and nobody is lost.

`posthus bench intake --faults` runs it at full length; the tests run the same with fewer events.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic, sleep

from bench.faults_blows import Blows, Progress
from bench.faults_place import Place, place
from bench.faults_reckoning import wait_until_filed, waiting, wrongs
from bench.faults_senders import Habits, Outbox, Sender
from posthus.intake.spool import SEGMENTS

_ROUND = (
    "kill an intake",
    "kill a worker",
    "cut the database's connections",
    "kill a backend",
    "kill a worker",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much comes from how many, and what is done to it: while it comes in, and while the rest is filed."""

    events: int
    sources: int
    senders: int
    blows: Sequence[str]
    late_blows: Sequence[str]
    disk_megabytes: int
    outage_seconds: float
    freeze_seconds: float
    habits: Habits = field(default_factory=Habits)
    seed: int = 7
    patience: float = 900.0


LONG = Plan(
    events=200_000,
    sources=48,
    senders=48,
    blows=(
        *_ROUND * 3,
        "freeze Postgres",
        "stop Postgres",
        *_ROUND * 2,
        "kill Postgres",
        "freeze Postgres",
        *_ROUND * 3,
    ),
    late_blows=("kill a worker", "kill a backend", "cut the database's connections") * 4,
    disk_megabytes=96,
    outage_seconds=30.0,
    freeze_seconds=3.0,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What was sent and answered, what was survived, and every promise that was broken."""

    figures: dict[str, object]
    blows: Counter[str]
    said: Counter[str]
    wrong: list[str]


def campaign(plan: Plan) -> Report:
    """Send everything until it is answered with 2xx, with faults in between; then wait until it is filed, and count."""
    chance = Random(plan.seed)
    began = monotonic()
    outbox = Outbox(plan.events, plan.habits, chance)
    with place(plan.sources, plan.disk_megabytes) as here:
        progress = Progress(plan.events, lambda: len(outbox.answered), lambda: outbox.refused)
        blows = Blows(here, Random(plan.seed + 1), progress, plan.outage_seconds, plan.freeze_seconds)
        asyncio.run(_received(here, blows, plan, outbox))
        answered = monotonic() - began
        url = here.server.url()
        _strike_late(blows, plan, url)
        _wait_until_spools_are_empty(here, plan.patience)
        wait_until_filed(url, plan.patience)
        wrong = wrongs(url, outbox.answered)
        said = here.said()
    unexpected = {status: n for status, n in outbox.statuses.items() if status not in (200, 202, 429, 503)}
    wrong += [f"{n} answers were {status}" for status, n in unexpected.items()]
    figures: dict[str, object] = {
        "events": len(outbox.answered),
        "sources": plan.sources,
        "answered 2xx": outbox.statuses[200] + outbox.statuses[202],
        "told to come again (503, 429)": outbox.refused,
        **outbox.counts,
        **blows.done,
        "events that went through a spool": said["spooled"],
        "spool files of killed processes taken over": said["spool_adopted"],
        "spool files with a torn end": said["spool_damaged"],
        "seconds until all were answered": round(answered),
        "seconds until all were filed": round(monotonic() - began),
        "promises broken": len(wrong),
    }
    return Report(figures, blows.done, said, wrong)


def run() -> dict[str, object]:
    """The long campaign; raises where a promise was broken."""
    report = campaign(LONG)
    if report.wrong:
        raise AssertionError("; ".join(report.wrong))
    return report.figures


async def _received(here: Place, blows: Blows, plan: Plan, outbox: Outbox) -> None:
    """Everything is answered, and every fault that belongs there was dealt meanwhile."""
    ports = [each.port for each in here.intakes]
    senders = (Sender(outbox, here.addresses, ports).run() for _ in range(plan.senders))
    await asyncio.gather(asyncio.to_thread(_strike, blows, plan, outbox), *senders)


def _strike(blows: Blows, plan: Plan, outbox: Outbox) -> None:
    """Each fault once its share of the deliveries is answered: all come in the middle of the work."""
    for index, name in enumerate(plan.blows):
        while len(outbox.answered) < plan.events * (index + 1) // (len(plan.blows) + 1):
            sleep(0.01)
        blows.deal(name)


def _strike_late(blows: Blows, plan: Plan, url: str) -> None:
    """The same while what is left is filed."""
    left = waiting(url) or 0
    for index, name in enumerate(plan.late_blows):
        goal = left - left * (index + 1) // (len(plan.late_blows) + 1)
        while (now := waiting(url)) is None or now > goal:
            sleep(0.1)
        blows.deal(name)


def _wait_until_spools_are_empty(here: Place, seconds: float) -> None:
    deadline = monotonic() + seconds
    while left := list((here.disk.folder / "spool").glob(f"[0-9]*/{SEGMENTS}")):
        if monotonic() > deadline:
            raise TimeoutError(f"{len(left)} spool files were not stored")
        sleep(0.1)
