"""What every room wants done now and then; one table, because operations may not import them."""

from collections.abc import Callable, Sequence

from posthus.api.members import forget_old
from posthus.cache.feed import prune
from posthus.conversations import errands, joining, offers, retention
from posthus.database.pool import Database
from posthus.intake.greylist import forget_strangers
from posthus.originals.dictionaries import learn_dictionary
from posthus.queue.rotation import rotate
from posthus.search.remembered import prune_changes

# What is left is removed at the next turn: other work must not wait for it.
RETENTION_STEPS = 100


def rotations(database: Database) -> Sequence[Callable[[], None]]:
    """Each in transactions of its own."""

    def forget() -> None:
        with database.transaction() as connection:
            prune(connection)
            prune_changes(connection)
            forget_old(connection)
            forget_strangers(connection)
            errands.forget(connection)
            offers.forget(connection)
            joining.follow_late(connection)

    def keep_rules() -> None:
        for _ in range(RETENTION_STEPS):
            with database.transaction() as connection:
                if not retention.apply_next(connection):
                    return

    def learn() -> None:
        with database.transaction() as connection:
            learn_dictionary(connection)

    return (lambda: rotate(database), forget, keep_rules, learn)
