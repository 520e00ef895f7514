"""Splitting and merging conversations by hand."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.problems import Refusal
from posthus.api.shapes.changes import Merging, Splitting
from posthus.api.shapes.conversations import ChangedConversation
from posthus.api.shaping import changed_shape, there
from posthus.api.visits import Writer
from posthus.conversations import listing, regrouping
from posthus.conversations.regroup import RegroupError
from posthus.jobs import ConversationId, MessageId

router = APIRouter(prefix="/api/v1/conversations", route_class=Answered, tags=["conversations"])


@router.post("/{id}/split", response_model=ChangedConversation)
def split(visit: Writer, number: Number, asked: Splitting) -> Response:
    """Move some messages into a conversation of their own, which is the answer; later answers to them go there too."""
    workspace_id = visit.caller.workspace_id

    def apply(connection: Connection) -> ChangedConversation:
        there(listing.conversation(connection, workspace_id, ConversationId(number)))
        chosen = [MessageId(one) for one in asked.message_ids]
        try:
            part, undo = regrouping.split(connection, visit.doer, ConversationId(number), chosen)
        except RegroupError as error:
            raise Refusal(422, f"This cannot be split: {error}.") from error
        return changed_shape(there(listing.conversation(connection, workspace_id, part)), undo)

    return visit.writing_as_owner(apply)


@router.post("/{id}/merge", response_model=ChangedConversation)
def merge(visit: Writer, number: Number, asked: Merging) -> Response:
    """Make conversations one: the lowest number is left and is the answer, the other numbers lead there."""
    workspace_id = visit.caller.workspace_id

    def apply(connection: Connection) -> ChangedConversation:
        for one in (number, *asked.others):
            there(listing.conversation(connection, workspace_id, ConversationId(one)))
        others = [ConversationId(one) for one in asked.others]
        try:
            left, undo = regrouping.merge(connection, visit.doer, ConversationId(number), others)
        except RegroupError as error:
            raise Refusal(422, f"These cannot be merged: {error}.") from error
        return changed_shape(there(listing.conversation(connection, workspace_id, left)), undo)

    return visit.writing_as_owner(apply)
