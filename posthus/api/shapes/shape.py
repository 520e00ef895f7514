"""What all shapes share, and the words that several of them use."""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")
Channel = Literal["email", "chat", "form"]
Direction = Literal["in", "out"]
Status = Literal["open", "closed"]
Role = Literal["admin", "manager", "agent", "read-only"]
Language = Literal["da", "en"]


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
    """Where each page of a list begins, so that any place can be jumped to; `total` counts all rows."""

    total: int
    page_size: int
    anchors: list[str]
