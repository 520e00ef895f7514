"""The role `worker`: the stages of the queue, and beside filing the files that browsers sent in."""

from posthus.app.ground import Ground, Services
from posthus.app.meaning import Shelf
from posthus.app.stages import make_stages
from posthus.app.tending import watch_model
from posthus.intake.import_service import ImportService
from posthus.queue.worker import Worker


def services(ground: Ground) -> Services:
    """One worker for the stages that this process was asked for; who files mail also reads what is imported."""
    shelf = Shelf(ground.settings) if "embed" in ground.stages else None
    encoder = None if shelf is None else shelf.encoder
    if shelf is not None:
        ground.closing.callback(shelf.close)
    wanted = [stage for stage in make_stages(encoder, shelf, ground.objects) if stage.name in ground.stages]
    watched = {} if encoder is None else watch_model(ground, "model", encoder)
    reading: Services = {"imports": ImportService(ground.database).run} if "file" in ground.stages else {}
    return {**watched, **reading, "worker": Worker(ground.database, wanted, ground.meter).run}
