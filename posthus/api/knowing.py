"""Correcting contacts and companies, finding the same one twice, and what was said with them."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Response
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.notes import note_shape
from posthus.api.pages import Paging, make_cursor, read_triple
from posthus.api.people import company_shape, contact_shape
from posthus.api.problems import Refusal, not_found
from posthus.api.shapes.conversations import ContactSummary, Correspondent
from posthus.api.shapes.people import (
    ChangedCompany,
    ChangedContact,
    Company,
    CompanyChange,
    CompanyDuplicate,
    CompanyDuplicates,
    Contact,
    ContactChange,
    ContactDuplicate,
    ContactDuplicates,
    DuplicateGroup,
    DuplicateGroups,
    MessageSummary,
    NewAddress,
    NewDomain,
    Others,
    PersonMessage,
    PersonNote,
    PersonTimeline,
)
from posthus.api.shapes.shape import Named
from posthus.api.shaping import undo_shape
from posthus.api.visits import Reader, Visit, Writer
from posthus.conversations import duplicates, editing, joining
from posthus.conversations.editing import EditError, PersonKind, TakenError
from posthus.conversations.notes import About, Note
from posthus.conversations.offers import UndoOffer
from posthus.conversations.timeline import Place

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["people"])
Which = Annotated[PersonKind, Query(description="whether contacts or companies")]
Email = Annotated[str, Query(min_length=1, max_length=320)]
Deed = Callable[[Connection], UndoOffer | None]


@router.patch("/contacts/{id}", response_model=ChangedContact)
def change_contact(visit: Writer, number: Number, change: ContactChange) -> Response:
    """Another name, title or company, or a legal hold; what mail says later does not overrule it."""
    changes = _named(change.model_dump(exclude_unset=True), {"company_id"})
    return _contact(
        visit, number, lambda connection: editing.edit(connection, visit.doer, "contact", number, changes)
    )


@router.patch("/companies/{id}", response_model=ChangedCompany)
def change_company(visit: Writer, number: Number, change: CompanyChange) -> Response:
    """Another name or number, or a legal hold; what mail says later does not overrule it."""
    changes = _named(change.model_dump(exclude_unset=True), {"cvr"})
    return _company(
        visit, number, lambda connection: editing.edit(connection, visit.doer, "company", number, changes)
    )


@router.post("/contacts/{id}/addresses", response_model=ChangedContact, status_code=201)
def add_address(visit: Writer, number: Number, new: NewAddress) -> Response:
    """Another way to reach a contact; mail from there is theirs from now on."""
    address = new.address.strip().lower()
    if new.kind == "email" and "@" not in address:
        raise Refusal(422, "An e-mail address has an @.")

    def add(connection: Connection) -> None:
        contact_shape(visit, connection, number)
        editing.add_address(connection, visit.doer, number, new.kind, address)

    return _contact(visit, number, add, 201)


@router.delete("/contacts/{id}/addresses", response_model=ChangedContact)
def remove_address(visit: Writer, number: Number, kind: Email, address: Email) -> Response:
    """Take an address away from a contact; what was written from it stays."""

    def remove(connection: Connection) -> None:
        if not editing.remove_address(connection, visit.doer, number, kind, address):
            raise not_found("address")

    return _contact(visit, number, remove)


@router.post("/companies/{id}/domains", response_model=ChangedCompany, status_code=201)
def add_domain(visit: Writer, number: Number, new: NewDomain) -> Response:
    """Another domain of a company; who writes from there for the first time is of the company."""
    domain = new.domain.strip().lower().removeprefix("@")

    def add(connection: Connection) -> None:
        company_shape(visit, connection, number)
        editing.add_domain(connection, visit.doer, number, domain)

    return _company(visit, number, add, 201)


@router.delete("/companies/{id}/domains", response_model=ChangedCompany)
def remove_domain(visit: Writer, number: Number, domain: Email) -> Response:
    """Take a domain away from a company; its people stay."""

    def remove(connection: Connection) -> None:
        if not editing.remove_domain(connection, visit.doer, number, domain):
            raise not_found("domain")

    return _company(visit, number, remove)


@router.get("/contacts/{id}/duplicates")
def list_contact_duplicates(visit: Reader, number: Number) -> ContactDuplicates:
    """Who may be the same as a contact, and why."""
    with visit.reading() as connection:
        found = duplicates.alike(connection, visit.caller.workspace_id, "contact", number)
    items = [
        ContactDuplicate.model_validate(
            {
                "contact": ContactSummary(id=one.id, name=one.name, address=one.address),
                "why": one.why,
                "score": one.score,
            }
        )
        for one in found
    ]
    return ContactDuplicates(items=items)


@router.get("/companies/{id}/duplicates")
def list_company_duplicates(visit: Reader, number: Number) -> CompanyDuplicates:
    """What may be the same as a company, and why."""
    with visit.reading() as connection:
        found = duplicates.alike(connection, visit.caller.workspace_id, "company", number)
    items = [
        CompanyDuplicate.model_validate(
            {"company": Named(id=one.id, name=one.name), "why": one.why, "score": one.score}
        )
        for one in found
    ]
    return CompanyDuplicates(items=items)


@router.get("/duplicates")
def list_duplicates(visit: Reader, kind: Which = "contact") -> DuplicateGroups:
    """Contacts, or companies, of one name in the whole workspace."""
    with visit.reading() as connection:
        found = duplicates.groups(connection, visit.caller.workspace_id, kind)
    return DuplicateGroups(items=[DuplicateGroup.model_validate(one, from_attributes=True) for one in found])


@router.post("/contacts/{id}/merge", response_model=ChangedContact)
def merge_contacts(visit: Writer, number: Number, asked: Others) -> Response:
    """Make other contacts part of this one: addresses, messages, conversations and notes; their numbers lead here."""
    return _contact(
        visit, number, lambda connection: _join(visit, connection, "contact", number, asked), owner=True
    )


@router.post("/companies/{id}/merge", response_model=ChangedCompany)
def merge_companies(visit: Writer, number: Number, asked: Others) -> Response:
    """Make other companies part of this one: domains, people, conversations and notes; their numbers lead here."""
    return _company(
        visit, number, lambda connection: _join(visit, connection, "company", number, asked), owner=True
    )


@router.post("/contacts/{id}/not-duplicates", status_code=204, response_class=Response)
def tell_contacts_apart(visit: Writer, number: Number, asked: Others) -> Response:
    """These are not the same: they are not suggested again."""
    return _apart(visit, "contact", number, asked)


@router.post("/companies/{id}/not-duplicates", status_code=204, response_class=Response)
def tell_companies_apart(visit: Writer, number: Number, asked: Others) -> Response:
    """These are not the same: they are not suggested again."""
    return _apart(visit, "company", number, asked)


@router.get("/contacts/{id}/timeline")
def read_contact_timeline(visit: Reader, number: Number, paging: Paged) -> PersonTimeline:
    """What was said with a contact, and notes about them, newest first."""
    return _timeline(visit, About(contact_id=number), paging)


@router.get("/companies/{id}/timeline")
def read_company_timeline(visit: Reader, number: Number, paging: Paged) -> PersonTimeline:
    """What was said with a company, and notes about it, newest first."""
    return _timeline(visit, About(company_id=number), paging)


def _named(changes: dict[str, object], may_be_none: set[str]) -> dict[str, object]:
    return {name: value for name, value in changes.items() if value is not None or name in may_be_none}


def _contact(visit: Visit, number: int, deed: Deed, status: int = 200, *, owner: bool = False) -> Response:
    def apply(connection: Connection) -> ChangedContact:
        undo = _done(deed, connection)
        found = contact_shape(visit, connection, number)
        fields = {name: getattr(found, name) for name in Contact.model_fields}
        return ChangedContact(**fields, undo=undo_shape(undo) if undo else None)

    return visit.writing_as_owner(apply, status) if owner else visit.writing(apply, status)


def _company(visit: Visit, number: int, deed: Deed, status: int = 200, *, owner: bool = False) -> Response:
    def apply(connection: Connection) -> ChangedCompany:
        undo = _done(deed, connection)
        found = company_shape(visit, connection, number)
        fields = {name: getattr(found, name) for name in Company.model_fields}
        return ChangedCompany(**fields, undo=undo_shape(undo) if undo else None)

    return visit.writing_as_owner(apply, status) if owner else visit.writing(apply, status)


def _done(deed: Deed, connection: Connection) -> UndoOffer | None:
    try:
        return deed(connection)
    except TakenError as error:
        raise Refusal(409, str(error)) from error
    except EditError as error:
        raise Refusal(422, str(error)) from error


def _join(visit: Visit, connection: Connection, kind: PersonKind, number: int, asked: Others) -> UndoOffer:
    undo = joining.join(connection, visit.doer, kind, number, asked.others)
    if undo is None:
        raise not_found(kind)
    visit.note(connection, f"{kind}_merged", f"{kind}:{number}", {"others": asked.others})
    return undo


def _apart(visit: Visit, kind: PersonKind, number: int, asked: Others) -> Response:
    return visit.writing(
        lambda connection: duplicates.tell_apart(connection, visit.doer, kind, number, asked.others), 204
    )


def _timeline(visit: Visit, about: About, paging: Paging) -> PersonTimeline:
    name = f"said/{about.contact_id}/{about.company_id}"
    place = read_triple(name, paging.cursor)
    before = Place(*place) if place else None
    with visit.reading() as connection:
        found = duplicates.said_with(connection, visit.caller.workspace_id, about, before, paging.limit + 1)
    shown = found[: paging.limit]
    more = None
    if len(found) > paging.limit:
        last = shown[-1][0]
        more = make_cursor(name, (last.at, last.kind, last.key))
    return PersonTimeline(items=[_item(visit, at, what) for at, what in shown], next_cursor=more)


def _item(visit: Visit, at: Place, what: duplicates.Said | Note) -> PersonMessage | PersonNote:
    if isinstance(what, Note):
        return PersonNote(at=at.at, note=note_shape(visit, what))
    summary = MessageSummary(
        id=what.id,
        conversation_id=what.conversation_id,
        subject=what.subject,
        snippet=what.snippet,
        sender=Correspondent(name=what.from_name, address=what.from_address),
        direction=what.direction,
        channel=what.channel,
    )
    return PersonMessage(at=at.at, message=summary)
