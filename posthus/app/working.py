"""The role `worker`: the stages of the queue."""

from posthus.app.ground import Ground, Services
from posthus.app.meaning import Shelf
from posthus.app.stages import make_stages
from posthus.app.tending import watch_model
from posthus.queue.worker import Worker


def services(ground: Ground) -> Services:
    """One worker for the stages that this process was asked for."""
    shelf = Shelf(ground.settings) if "embed" in ground.stages else None
    encoder = None if shelf is None else shelf.encoder
    if shelf is not None:
        ground.closing.callback(shelf.close)
    wanted = [stage for stage in make_stages(encoder, shelf, ground.objects) if stage.name in ground.stages]
    watched = {} if encoder is None else watch_model(ground, "model", encoder)
    return {**watched, "worker": Worker(ground.database, wanted, ground.meter).run}
