"""The board: columns and the cards in them."""

from fastapi import APIRouter, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.counting import COUNTED, count
from posthus.api.filtering import definite
from posthus.api.pages import make_cursor, read_pair
from posthus.api.places import cursor_of, place_of
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.board import Board, Column, ColumnChange, Move, NewColumn
from posthus.api.shapes.changes import Deleted
from posthus.api.shapes.conversations import ChangedConversation, Conversation
from posthus.api.shapes.shape import Page
from posthus.api.shaping import changed_shape, refused, shape_of, there, undo_shape
from posthus.api.visits import Operator, Reader, Visit, Writer
from posthus.conversations import board, listing
from posthus.conversations.changing import Change, change_one
from posthus.conversations.listing import Stretch
from posthus.jobs import ConversationId

router = APIRouter(prefix="/api/v1/board", route_class=Answered, tags=["board"])


@router.get("/columns")
def list_columns(visit: Reader) -> Board:
    """The columns from left to right, with how many cards each has."""
    with visit.reading() as connection:
        columns = board.list_columns(connection, visit.caller.workspace_id)
    return Board(items=[_column(visit, one) for one in columns])


@router.post("/columns", response_model=Board, status_code=201)
def add_column(visit: Operator, new: NewColumn) -> Response:
    """A new column; the answer is the whole board."""

    def add(connection: Connection) -> Board:
        workspace_id = visit.caller.workspace_id
        made = board.add_column(connection, workspace_id, new.name.strip(), new.color or "gray")
        if new.position is not None:
            board.move_column(connection, workspace_id, made, new.position)
        return _board(visit, connection)

    return visit.writing(add, 201)


@router.patch("/columns/{id}", response_model=Board)
def change_column(visit: Operator, number: Number, change: ColumnChange) -> Response:
    """Another name, colour or place; the answer is the whole board."""

    def apply(connection: Connection) -> Board:
        _there(visit, connection, number)
        workspace_id = visit.caller.workspace_id
        board.change_column(connection, workspace_id, number, change.name, change.color)
        if change.position is not None:
            board.move_column(connection, workspace_id, number, change.position)
        return _board(visit, connection)

    return visit.writing(apply)


@router.delete("/columns/{id}", response_model=Deleted)
def delete_column(visit: Operator, number: Number) -> Response:
    """Take a column and its cards off the board."""

    def delete(connection: Connection) -> Deleted:
        _there(visit, connection, number)
        undo = board.delete_column(connection, visit.doer, number)
        if undo is None:
            raise Refusal(409, "This column takes what is new, so it stays; give it another name instead.")
        return Deleted(undo=undo_shape(undo))

    return visit.writing(delete)


@router.get("/columns/{id}/cards")
def list_cards(visit: Reader, number: Number, paging: Paged) -> Page[Conversation]:
    """The cards of a column from its top."""
    workspace_id = visit.caller.workspace_id
    with visit.reading() as connection:
        column = _there(visit, connection, number)
        if column.takes_new:
            stretch = Stretch(paging.limit + 1, place_of(paging.cursor))
            found = listing.list_conversations(
                connection, workspace_id, definite(visit, column.filter), stretch
            )
            cursors = [cursor_of(one.place) for one in found]
        else:
            place = read_pair(f"cards/{number}", paging.cursor, str, int)
            after = board.CardPlace(*place) if place else None
            cards = board.list_cards(connection, workspace_id, number, after, paging.limit + 1)
            found = [one for _, one in cards]
            cursors = [make_cursor(f"cards/{number}", (at.rank, at.id)) for at, _ in cards]
    more = cursors[paging.limit - 1] if len(found) > paging.limit else None
    return Page(items=[shape_of(one) for one in found[: paging.limit]], next_cursor=more)


@router.post("/move", response_model=ChangedConversation)
def move_card(visit: Writer, move: Move) -> Response:
    """Put a conversation into a column, under another card or at its top."""
    workspace_id = visit.caller.workspace_id

    def apply(connection: Connection) -> ChangedConversation:
        current = listing.current_number(connection, workspace_id, ConversationId(move.conversation_id))
        there(listing.conversation(connection, workspace_id, current))
        rank = board.rank_after(connection, workspace_id, move.column_id, current, move.after_id)
        with refused():
            change = Change(place=True, board_column_id=move.column_id, board_rank=rank)
            undo = change_one(connection, visit.doer, current, change)
        return changed_shape(there(listing.conversation(connection, workspace_id, current)), undo)

    return visit.writing(apply)


def _there(visit: Visit, connection: Connection, number: int) -> board.Column:
    for column in board.list_columns(connection, visit.caller.workspace_id):
        if column.id == number:
            return column
    raise not_found("column")


def _board(visit: Visit, connection: Connection) -> Board:
    return Board(
        items=[_column(visit, one) for one in board.list_columns(connection, visit.caller.workspace_id)]
    )


def _column(visit: Visit, column: board.Column) -> Column:
    found = count(visit, definite(visit, column.filter), COUNTED)
    return Column.model_validate(
        {
            "id": column.id,
            "name": column.name,
            "color": column.color,
            "takes_new": column.takes_new,
            "count": found.count,
            "at_least": found.count >= COUNTED,
        }
    )
