"""Saved views, their counts, and changes of many conversations."""

from pydantic import Field

from posthus.api.shapes.conversations import BulkChange, Tag
from posthus.api.shapes.filters import Filter
from posthus.api.shapes.shape import Color, Named, Number, Shape

Name = Field(min_length=1, max_length=80)


class View(Shape):
    """A saved view: a filter with a name."""

    id: int
    name: str
    filter: Filter
    shared: bool
    color: Color | None
    owner: Named
    position: int
    editable: bool


class NewView(Shape):
    """A view to be saved; one that is not shared only its owner sees."""

    name: str = Name
    filter: Filter
    shared: bool | None = None
    color: Color | None = None


class ViewChange(Shape):
    """What may be changed on a view; `position` is its index in the list."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    filter: Filter | None = None
    shared: bool | None = None
    color: Color | None = None
    position: int | None = Field(default=None, ge=0, le=1000)


class Views(Shape):
    """Every view the caller sees, in its order."""

    items: list[View]


class ViewCount(Shape):
    """How many conversations a view has: exact below 1,000, `at_least` from there on."""

    view: str
    count: int
    at_least: bool
    unread: int
    unread_at_least: bool


class ViewCounts(Shape):
    """The counts of the views that are always there and of the saved ones."""

    items: list[ViewCount]


class Counting(Shape):
    """A filter to be counted."""

    filter: Filter


class Count(Shape):
    """How many conversations a filter lets through: exact below 10,000, `at_least` from there on."""

    count: int
    at_least: bool


class Selection(Shape):
    """Conversations by number, or all that a view and a filter let through but some."""

    ids: list[Number] | None = Field(default=None, max_length=500)
    view: str | None = Field(default=None, max_length=40)
    filter: Filter | None = None
    except_: list[Number] | None = Field(default=None, alias="except", max_length=10_000)


class Bulk(Shape):
    """A change of many conversations."""

    selection: Selection
    change: BulkChange


class Tags(Shape):
    """Every tag of the workspace, by name."""

    items: list[Tag]


class TagNames(Shape):
    """What a new tag is called."""

    name: str = Field(min_length=1, max_length=40)
    color: Color | None = None


class TagChange(Shape):
    """What may be changed on a tag."""

    name: str | None = Field(default=None, min_length=1, max_length=40)
    color: Color | None = None
