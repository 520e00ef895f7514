"""The one table of stages: which job, which handler, how many at a time."""

from functools import partial

from posthus.app.meaning import Shelf
from posthus.conversations.filing import file_events
from posthus.conversations.linking import link_messages
from posthus.embedding.embed import LEASE_SECONDS
from posthus.embedding.encoder import Encoder
from posthus.embedding.generations import Asked
from posthus.embedding.side_by_side import SideBySide
from posthus.jobs import EmbedMessage, FileEvent, LinkMessage
from posthus.originals.objects import NO_OBJECTS, Objects
from posthus.queue.stages import AnyStage, LongStage, Stage, three_steps
from posthus.search.vocabulary import learn_words

FILE_BATCH = (
    100  # parsing dominates: small enough that other workers find work, large enough for set-based SQL
)
LINK_BATCH = 500
WORDS_BATCH = 500


def make_stages(
    encoder: Encoder | None, shelf: Shelf | None = None, objects: Objects = NO_OBJECTS
) -> list[AnyStage]:
    """Every stage this process can do; embedding needs an encoder, and a shelf for models beside it."""
    stages: list[AnyStage] = [
        Stage("file", FileEvent, partial(file_events, objects=objects), batch=FILE_BATCH),
        Stage("link", LinkMessage, link_messages, batch=LINK_BATCH),
        Stage("words", LinkMessage, learn_words, batch=WORDS_BATCH),
    ]
    if encoder is not None:
        stages.append(_embedding(encoder, shelf))
    return stages


def _embedding(encoder: Encoder, shelf: Shelf | None) -> AnyStage:
    asked = Asked(encoder.model, encoder.dimensions) if shelf is None else shelf.asked
    steps = SideBySide(asked, encoder, (lambda _: None) if shelf is None else shelf.encoder_of)
    begin = three_steps(steps.prepare, steps.compute, steps.apply)
    # A turn of the local model takes seconds: new mail must not wait for many messages of an import, nor often.
    return LongStage(
        "embed",
        EmbedMessage,
        begin,
        batch=encoder.messages_at_once,
        bulk_batch=encoder.bulk_messages_at_once,
        bulk_every=8,
        lease=LEASE_SECONDS,
        interrupt=encoder.close if shelf is None else shelf.close,
    )
