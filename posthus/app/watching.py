"""The role `operations`: what keeps a Posthus healthy, and what happens when its time has come."""

from posthus.app.errands import Alarms, errand_runner
from posthus.app.ground import Ground, Services
from posthus.app.history import ReplayLister
from posthus.app.objects import ObjectKeeper
from posthus.app.rotations import rotations
from posthus.app.tending import ModelChange, VectorIndexes
from posthus.operations.sampling import Sampler, Upkeep


def services(ground: Ground) -> Services:
    """One thread each: none waits for another."""
    database = ground.database
    found = {
        "errands": errand_runner(database, ground.objects).run,
        "alarms": Alarms(database).run,
        "indexes": VectorIndexes(database).run,
        "models": ModelChange(database).run,
        "sampler": Sampler(database).run,
        "replays": ReplayLister(database).run,
        "upkeep": Upkeep(database, rotations(database)).run,
    }
    if ground.settings.objects.place is not None:
        found["objects"] = ObjectKeeper(database, ground.objects, ground.settings.objects, ground.meter).run
    return found
