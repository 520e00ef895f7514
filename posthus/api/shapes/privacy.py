"""Exporting and erasing a person, and for how long conversations are kept."""

from datetime import datetime

from pydantic import Field

from posthus.api.shapes.shape import Named, Number, Shape


class Erasure(Shape):
    """What erasing a contact would remove; nothing is erased while something of theirs is held."""

    messages: int
    conversations: int
    notes: int
    files: int
    held: bool


class EraseOrder(Shape):
    """Erasing cannot be taken back: `confirm` is the contact's name or one of the addresses."""

    confirm: str = Field(min_length=1, max_length=320)


class Receipt(Shape):
    """That somebody was erased; `addresses` are SHA-256 hashes of what they were reached by."""

    number: int
    at: datetime
    by: str
    messages: int
    originals: int
    files: int
    chunks: int
    conversations: int
    notes: int
    redacted: int = Field(description="messages of others that no longer name them as a recipient")
    addresses: list[str]


class NewRule(Shape):
    """For how many days conversations are kept after their last message; without a source: of all that have no rule."""

    source_id: Number | None = None
    days: int = Field(ge=1, le=36_500)


class RuleChange(Shape):
    """What may be changed on a rule."""

    days: int | None = Field(default=None, ge=1, le=36_500)
    enabled: bool | None = None


class Rule(Shape):
    """A rule, when it was last applied, and how many messages it removed in all."""

    id: int
    source: Named | None
    days: int
    enabled: bool
    last_run_at: datetime | None
    removed: int


class Rules(Shape):
    """Every rule, the one for all sources first."""

    items: list[Rule]


class RulePreview(Shape):
    """What a rule would remove now; `held` conversations it would leave."""

    conversations: int
    messages: int
    held: int
