"""Contacts and companies."""

from datetime import datetime
from typing import Literal

from posthus.api.shapes.conversations import ContactSummary
from posthus.api.shapes.shape import Named, Shape


class ContactAddress(Shape):
    """One way to reach a contact."""

    kind: Literal["email", "phone", "external"]
    address: str


class Figures(Shape):
    """Key figures of a contact or company."""

    conversations: int
    open_conversations: int
    messages: int
    first_message_at: datetime | None
    last_message_at: datetime | None


class Contact(Shape):
    """A person who writes to the workspace."""

    id: int
    name: str
    company: Named | None
    addresses: list[ContactAddress]
    figures: Figures


class Company(Shape):
    """An organisation, its domains and its people (the first 50 by latest message)."""

    id: int
    name: str
    cvr: str | None
    domains: list[str]
    contacts: list[ContactSummary]
    figures: Figures
