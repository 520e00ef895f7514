"""Contacts and companies."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from posthus.api.shapes.changes import UndoOffer
from posthus.api.shapes.conversations import ContactSummary, Correspondent
from posthus.api.shapes.notes import Note
from posthus.api.shapes.shape import Channel, Direction, Named, Number, Shape


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


class ContactLine(ContactSummary):
    """A contact in the list of contacts."""

    company: Named | None
    last_message_at: datetime | None


class CompanyLine(Named):
    """A company in the list of companies."""

    domain: str
    people: int = Field(description="how many of its contacts are known")
    last_message_at: datetime | None


class Contact(Shape):
    """A person who writes to the workspace."""

    id: int
    name: str
    title: str
    held: bool = Field(description="under legal hold: nothing of theirs may be deleted")
    company: Named | None
    addresses: list[ContactAddress]
    figures: Figures


class Company(Shape):
    """An organisation, its domains and its people (the first 50 by latest message)."""

    id: int
    name: str
    cvr: str | None
    held: bool = Field(description="under legal hold: nothing of theirs may be deleted")
    domains: list[str]
    contacts: list[ContactSummary]
    figures: Figures


class ChangedContact(Contact):
    """A contact after a change, and how to take that back."""

    undo: UndoOffer | None


class ChangedCompany(Company):
    """A company after a change, and how to take that back."""

    undo: UndoOffer | None


class ContactChange(Shape):
    """What may be changed on a contact; `company_id: null` takes the company away."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    title: str | None = Field(default=None, max_length=200)
    company_id: Number | None = None
    held: bool | None = None


class CompanyChange(Shape):
    """What may be changed on a company; `cvr: null` takes the number away."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    cvr: str | None = Field(default=None, pattern="^[0-9]{8}$")
    held: bool | None = None


class NewAddress(Shape):
    """Another way to reach a contact."""

    kind: Literal["email", "phone"]
    address: str = Field(min_length=3, max_length=320)


class NewDomain(Shape):
    """Another domain of a company."""

    domain: str = Field(min_length=3, max_length=253)


class Others(Shape):
    """Those that are the same, or are not."""

    others: list[Number] = Field(min_length=1, max_length=20)


Clue = Literal["name", "similar name", "company", "address", "phone", "domain"]


class ContactDuplicate(Shape):
    """A contact who may be the same one, and why; score from 0 to 1."""

    contact: ContactSummary
    why: list[Clue]
    score: float


class CompanyDuplicate(Shape):
    """A company that may be the same one, and why; score from 0 to 1."""

    company: Named
    why: list[Clue]
    score: float


class ContactDuplicates(Shape):
    """Who may be the same as a contact, the likeliest first."""

    items: list[ContactDuplicate]


class CompanyDuplicates(Shape):
    """What may be the same as a company, the likeliest first."""

    items: list[CompanyDuplicate]


class DuplicateGroup(Shape):
    """Contacts, or companies, that have one name."""

    name: str
    members: list[Named]


class DuplicateGroups(Shape):
    """At most 200 groups of the whole workspace, the largest first."""

    items: list[DuplicateGroup]


class MessageSummary(Shape):
    """A message in the timeline of a contact or company."""

    id: UUID
    conversation_id: int
    subject: str
    snippet: str
    sender: Correspondent
    direction: Direction
    channel: Channel


class PersonMessage(Shape):
    """A message in a person's timeline."""

    kind: Literal["message"] = "message"
    at: datetime
    message: MessageSummary


class PersonNote(Shape):
    """A note in a person's timeline."""

    kind: Literal["note"] = "note"
    at: datetime
    note: Note


class PersonTimeline(Shape):
    """What was said with a contact or company, newest first."""

    items: list[PersonMessage | PersonNote]
    next_cursor: str | None
