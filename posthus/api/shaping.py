"""Between the API's shapes and what the conversations' room speaks of."""

from collections.abc import Iterator
from contextlib import contextmanager

from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.changes import Errand, UndoOffer
from posthus.api.shapes.conversations import BulkChange, ChangedConversation, Conversation
from posthus.conversations import errands, offers, shown
from posthus.conversations.changing import Change, ChangeError


def shape_of(found: shown.Conversation) -> Conversation:
    """A conversation as the API shows it."""
    return Conversation.model_validate(found, from_attributes=True)


def changed_shape(found: shown.Conversation, undo: offers.UndoOffer | None) -> ChangedConversation:
    """A conversation after a change."""
    fields = {name: getattr(shape_of(found), name) for name in Conversation.model_fields}
    return ChangedConversation(**fields, undo=undo_shape(undo) if undo else None)


def undo_shape(undo: offers.UndoOffer) -> UndoOffer:
    """An offer to take something back."""
    return UndoOffer(id=undo.id, until=undo.until)


def errand_shape(found: errands.Errand) -> Errand:
    """An errand, with its offer as long as that can be used."""
    undo = None
    if (
        found.undo_id is not None
        and found.undo_until is not None
        and found.undo_used_at is None
        and found.changed
    ):
        undo = UndoOffer(id=found.undo_id, until=found.undo_until)
    return Errand(
        id=found.id,
        kind=found.kind,
        state=found.state,
        total=found.total,
        done=found.done,
        changed=found.changed,
        error=found.error,
        undo=undo,
        result={name: value for name, value in found.result.items() if isinstance(value, str | int | None)},
        created_at=found.created_at,
        started_at=found.started_at,
        finished_at=found.finished_at,
    )


def there(found: shown.Conversation | None) -> shown.Conversation:
    """The conversation, or 404."""
    if found is None:
        raise not_found("conversation")
    return found


def change_of(change: BulkChange, *, held: bool | None = None) -> Change:
    """The change that a request means: what it does not name stays as it is."""
    named = change.model_fields_set
    return Change(
        status=change.status,
        unread=change.unread,
        held=held,
        assign="assignee_id" in named,
        assignee_id=change.assignee_id,
        snooze="snoozed_until" in named,
        snoozed_until=change.snoozed_until,
        add_tags=tuple(change.add_tags or ()),
        remove_tags=tuple(change.remove_tags or ()),
        place="board_column_id" in named,
        board_column_id=change.board_column_id,
    )


@contextmanager
def refused() -> Iterator[None]:
    """Answer 422 where a change can never be made."""
    try:
        yield
    except ChangeError as error:
        raise Refusal(422, str(error)) from error
