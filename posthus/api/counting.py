"""How many conversations a filter lets through, remembered as long as nothing changed."""

from posthus.api.visits import Visit
from posthus.cache.remember import Loaded, stand_still
from posthus.cache.snapshot import Topic
from posthus.conversations import listing
from posthus.conversations.filters import Filter
from posthus.conversations.listing import Counted
from posthus.database.pool import assume
from posthus.jobs import WorkspaceId

# Beside a view or above a column nobody needs more than "999+".
COUNTED = 1_000


def count(visit: Visit, wanted: Filter, most: int) -> Counted:
    """How many there are; counting stops at `most`."""
    workspace_id: WorkspaceId = visit.caller.workspace_id

    def load() -> Loaded[Counted]:
        with visit.desk.database.transaction() as connection:
            stamp = stand_still(connection)
            assume(connection, visit.caller.identity)
            found = listing.count_conversations(connection, workspace_id, wanted, most)
        return Loaded(found, stamp, frozenset({Topic(workspace_id, "conversations")}))

    return visit.desk.counts.remember((workspace_id, wanted, most), load, visit.written)
