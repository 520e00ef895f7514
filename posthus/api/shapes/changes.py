"""Changes that can be taken back, and those that take longer than an answer may."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from posthus.api.shapes.shape import Number, Shape


class UndoOffer(Shape):
    """Something that POST /api/v1/undo/{id} takes back, until a time."""

    id: int
    until: datetime


class Deleted(Shape):
    """Something is gone, and can be taken back."""

    undo: UndoOffer


class Errand(Shape):
    """Work done in steps: where it stands. The topic `errand/{id}` tells of each step."""

    id: int
    kind: Literal["change", "undo", "export", "erase"]
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    total: int = Field(description="how many conversations or rows it is about")
    done: int = Field(description="how many of them were looked at")
    changed: int = Field(description="how many of them really changed")
    error: str
    undo: UndoOffer | None
    result: dict[str, str | int | bool | None]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Undone(Shape):
    """What taking back has done; `kept` were changed by somebody since, and stay. A large one goes on as an errand."""

    id: int
    state: Literal["done", "running"]
    restored: int
    kept: int
    errand: Errand | None


class Splitting(Shape):
    """Messages that shall be a conversation of their own."""

    message_ids: list[UUID] = Field(min_length=1, max_length=1000)


class Merging(Shape):
    """What shall become one with the one in the address."""

    others: list[Number] = Field(min_length=1, max_length=50)
