"""Splits and merges as people do them: noted in the history, and taken back like everything else."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Literal

import orjson
from psycopg import Connection
from psycopg.types.json import Jsonb

from posthus.conversations import regroup
from posthus.conversations.doer import Doer
from posthus.conversations.offers import UndoOffer, offer
from posthus.conversations.regroup import Regrouped
from posthus.database.queries import load
from posthus.jobs import ConversationId, MessageId

SQL = load(__file__, "regrouping.sql")


def split(
    connection: Connection, doer: Doer, conversation_id: ConversationId, message_ids: Collection[MessageId]
) -> tuple[ConversationId, UndoOffer]:
    """Move messages into a conversation of their own; answers its number. Raises RegroupError."""
    done = regroup.split(connection, doer.workspace_id, conversation_id, message_ids)
    undo = _offer(connection, doer, done)
    _note(connection, doer, (done.origin, "split", [done.conversation_id]), undo)
    _note(connection, doer, (done.conversation_id, "split", [done.origin]), undo)
    return ConversationId(done.conversation_id), undo


def merge(
    connection: Connection, doer: Doer, into: ConversationId, others: Collection[ConversationId]
) -> tuple[ConversationId, UndoOffer]:
    """Make several conversations one; answers the number that is left, the lowest. Raises RegroupError."""
    kept = min(into, *others)
    state = _state(connection, doer, kept)
    done = regroup.merge(connection, doer.workspace_id, into, others)
    undo = _offer(connection, doer, done)
    if state is not None and done.conversation_id == kept:
        carried = {**_on(doer, kept), "before": Jsonb(state), "undo_id": undo.id}
        connection.execute(SQL["note_carried"], carried)
    _note(connection, doer, (done.conversation_id, "merged", sorted({into, *others} - {kept})), undo)
    return ConversationId(done.conversation_id), undo


def take_back(connection: Connection, doer: Doer, detail: Mapping[str, object]) -> int:
    """Undo a split or a merge; what came since stays where it would have come without it."""
    kept = orjson.loads(orjson.dumps(detail["done"]))
    done = Regrouped(
        kind=kept["kind"],
        conversation_id=kept["conversation_id"],
        origin=kept["origin"],
        cuts=[tuple(one) for one in kept["cuts"]],
        ties=[tuple(one) for one in kept["ties"]],
        kept=[tuple(one) for one in kept["kept"]],
    )
    regroup.undo(connection, doer.workspace_id, done)
    return 1


def _offer(connection: Connection, doer: Doer, done: Regrouped) -> UndoOffer:
    return offer(connection, doer.workspace_id, doer.actor, "regroup", {"done": asdict(done)})


def _note(
    connection: Connection,
    doer: Doer,
    what: tuple[int, Literal["split", "merged"], Collection[int]],
    undo: UndoOffer,
) -> None:
    number, action, concerned = what
    noted = {
        **_on(doer, number),
        "action": action,
        "after": Jsonb({"conversations": list(concerned)}),
        "undo_id": undo.id,
    }
    connection.execute(SQL["note_regrouped"], noted)


def _state(connection: Connection, doer: Doer, number: int) -> dict[str, object] | None:
    found = connection.execute(SQL["state_of"], _on(doer, number)).fetchone()
    return found[0] if found else None


def _on(doer: Doer, number: int) -> dict[str, object]:
    return {"workspace_id": doer.workspace_id, "actor": doer.actor, "id": number}
