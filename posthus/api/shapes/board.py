"""The board."""

from pydantic import Field

from posthus.api.shapes.shape import Color, Number, Shape


class Column(Shape):
    """A column of the board; counts are exact below 1,000, `at_least` from there on."""

    id: int
    name: str
    color: Color
    takes_new: bool
    count: int
    at_least: bool


class Board(Shape):
    """The columns from left to right."""

    items: list[Column]


class NewColumn(Shape):
    """A new column; `position` counts from the left, the end if not given."""

    name: str = Field(min_length=1, max_length=40)
    color: Color | None = None
    position: int | None = Field(default=None, ge=0, le=1000)


class ColumnChange(Shape):
    """What may be changed on a column."""

    name: str | None = Field(default=None, min_length=1, max_length=40)
    color: Color | None = None
    position: int | None = Field(default=None, ge=0, le=1000)


class Move(Shape):
    """A card goes into a column, under another card or to the top."""

    conversation_id: Number
    column_id: Number
    after_id: Number | None = None
