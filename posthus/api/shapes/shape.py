"""What all shapes share, and the words that several of them use."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Channel = Literal["email", "chat", "form"]
Direction = Literal["in", "out"]
Status = Literal["open", "closed"]
Role = Literal["admin", "manager", "agent", "read-only"]
Language = Literal["da", "en"]
Color = Literal["gray", "red", "orange", "amber", "green", "teal", "blue", "indigo", "purple", "pink"]
Number = Annotated[int, Field(ge=1, le=2**62)]


class Shape(BaseModel):
    """What all shapes share: no unknown fields, nothing changes after it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Shape, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None


class Problem(Shape):
    """An error as RFC 9457 has it; `detail` says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Named(Shape):
    """A reference to something with a number and a name."""

    id: int
    name: str


class Anchors(Shape):
    """Where each page of a list begins, so that any place can be jumped to; `total` counts all rows.

    Page i begins at row `starts[i]` with cursor `anchors[i]`, and ends where the next one begins (`until`). In very
    large lists one page in the middle may be shorter, and places far down may be 60 seconds old.
    """

    total: int
    page_size: int
    anchors: list[str]
    starts: list[int]
