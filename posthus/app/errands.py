"""What runs beside the queue's stages: people's errands step by step, and what happens when a time has come."""

from collections.abc import Mapping
from functools import partial
from threading import Event

from posthus.conversations.bulk import go_on_changing
from posthus.conversations.changing import wake
from posthus.conversations.erasing import go_on_erasing
from posthus.conversations.errands import ErrandKind, ErrandRunner, Step
from posthus.conversations.exporting import go_on_exporting
from posthus.conversations.presence import sweep
from posthus.conversations.undoing import go_on_undoing
from posthus.database.pool import Database
from posthus.operations.sampling import Pace, keep_running
from posthus.originals.objects import NO_OBJECTS, Objects

STEPS: Mapping[ErrandKind, Step] = {
    "change": go_on_changing,
    "undo": go_on_undoing,
    "export": go_on_exporting,
    "erase": go_on_erasing,
}
ALARM_SECONDS = 1.0


def errand_runner(database: Database, objects: Objects = NO_OBJECTS) -> ErrandRunner:
    """Does every kind of errand."""
    return ErrandRunner(database, {**STEPS, "export": partial(go_on_exporting, objects=objects)})


class Alarms:
    """Looks every second for what is due: snoozed conversations wake, and who has gone is forgotten."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def run(self, stop: Event) -> None:
        """Look until asked to stop."""
        keep_running("alarms", self.run_once, Pace(ALARM_SECONDS), stop)

    def run_once(self) -> None:
        """Everything that is due by now."""
        with self.database.transaction() as connection:
            sweep(connection)
        while True:
            with self.database.transaction() as connection:
                if not wake(connection):
                    return
