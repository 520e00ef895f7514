"""Who looks at a conversation now, so that two people do not answer it without knowing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import Connection

from posthus.conversations.doer import Doer
from posthus.database.pool import rows
from posthus.database.queries import load
from posthus.jobs import ConversationId

SQL = load(__file__, "presence.sql")
# A screen says every 20 seconds that it is still there.
SECONDS = 45
Looking = Literal["looking", "writing"]


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who looks at a conversation, or writes a note in it."""

    id: int
    name: str
    state: Looking
    since: datetime


def come(
    connection: Connection, doer: Doer, conversation_id: ConversationId, state: Looking
) -> list[Present]:
    """A member is here; answers who else is."""
    connection.execute(SQL["come"], {**_which(doer, conversation_id), "state": state})
    return others(connection, doer, conversation_id)


def leave(connection: Connection, doer: Doer, conversation_id: ConversationId) -> None:
    """A member has gone."""
    connection.execute(SQL["leave"], _which(doer, conversation_id))


def others(connection: Connection, doer: Doer, conversation_id: ConversationId) -> list[Present]:
    """Who else is here."""
    return rows(connection, SQL["others"], _which(doer, conversation_id), Present)


def sweep(connection: Connection) -> None:
    """Forget those who went without saying so."""
    connection.execute(SQL["sweep"], {"seconds": SECONDS})


def _which(doer: Doer, conversation_id: ConversationId) -> dict[str, object]:
    return {
        "workspace_id": doer.workspace_id,
        "member_id": doer.member_id,
        "id": conversation_id,
        "seconds": SECONDS,
    }
