"""Filters of conversations as JSON; what the fields mean is in docs/api.md."""

from typing import Literal

from pydantic import Field

from posthus.api.shapes.shape import Shape

Value = bool | int | str | None
FieldName = Literal[
    "status", "assignee", "unread", "tag", "source", "channel", "company", "contact", "attachment", "snoozed",
    "board_column", "last_message", "first_message", "snoozed_until", "text", "subject",
]  # fmt: skip


class ConditionIs(Shape):
    """A field has this value; null: it has none. An assignee may be "me"."""

    field: FieldName
    is_: Value = Field(alias="is")


class ConditionIn(Shape):
    """A field has one of these values."""

    field: FieldName
    in_: list[Value] = Field(alias="in", max_length=500)


class ConditionBefore(Shape):
    """A date lies before: "2026-01-31", a date and time, or "-7d" for the day seven days back."""

    field: FieldName
    before: str


class ConditionAfter(Shape):
    """A date lies at or after: "2026-01-31", a date and time, or "-7d" for the day seven days back."""

    field: FieldName
    after: str


class ConditionContains(Shape):
    """Words of the messages (`text`), or a part of the `subject`."""

    field: FieldName
    contains: str


class FilterAll(Shape):
    """Every part holds; an empty list lets everything through."""

    all: "list[Filter]"


class FilterAny(Shape):
    """At least one part holds."""

    any: "list[Filter]"


class FilterNot(Shape):
    """The part does not hold."""

    not_: "Filter" = Field(alias="not")


Filter = (
    FilterAll
    | FilterAny
    | FilterNot
    | ConditionIs
    | ConditionIn
    | ConditionBefore
    | ConditionAfter
    | ConditionContains
)
