"""The contacts and companies that write to the workspace."""

from typing import Annotated

from fastapi import APIRouter, Query
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import Paging, make_cursor, read_pair
from posthus.api.problems import not_found
from posthus.api.shapes.people import Company, CompanyLine, Contact, ContactLine
from posthus.api.shapes.shape import Page
from posthus.api.visits import Reader, Visit
from posthus.conversations import people as reading
from posthus.conversations.shown import NamePlace
from posthus.jobs import CompanyId, ContactId

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["people"])
Name = Annotated[str, Query(max_length=200, description="a part of the name, the address or the domain")]


@router.get("/contacts")
def list_contacts(visit: Reader, paging: Paged, q: Name = "") -> Page[ContactLine]:
    """Contacts by name."""
    after = _place("contacts", paging)
    with visit.reading() as connection:
        found = reading.list_contacts(connection, visit.caller.workspace_id, q, after, paging.limit + 1)
    items = [ContactLine.model_validate(one, from_attributes=True) for one, _ in found[: paging.limit]]
    return Page(items=items, next_cursor=_more("contacts", [place for _, place in found], paging.limit))


@router.get("/contacts/{id}")
def read_contact(visit: Reader, number: Number) -> Contact:
    """One contact, with every address and its key figures."""
    with visit.reading() as connection:
        return contact_shape(visit, connection, number)


@router.get("/companies")
def list_companies(visit: Reader, paging: Paged, q: Name = "") -> Page[CompanyLine]:
    """Companies by name."""
    after = _place("companies", paging)
    with visit.reading() as connection:
        found = reading.list_companies(connection, visit.caller.workspace_id, q, after, paging.limit + 1)
    items = [CompanyLine.model_validate(one, from_attributes=True) for one, _ in found[: paging.limit]]
    return Page(items=items, next_cursor=_more("companies", [place for _, place in found], paging.limit))


@router.get("/companies/{id}")
def read_company(visit: Reader, number: Number) -> Company:
    """One company, with its domains, people and key figures."""
    with visit.reading() as connection:
        return company_shape(visit, connection, number)


def contact_shape(visit: Visit, connection: Connection, number: int) -> Contact:
    """A contact as the API shows it, or 404."""
    found = reading.contact(connection, visit.caller.workspace_id, ContactId(number))
    if found is None:
        raise not_found("contact")
    return Contact.model_validate(found, from_attributes=True)


def company_shape(visit: Visit, connection: Connection, number: int) -> Company:
    """A company as the API shows it, or 404."""
    found = reading.company(connection, visit.caller.workspace_id, CompanyId(number))
    if found is None:
        raise not_found("company")
    return Company.model_validate(found, from_attributes=True)


def _place(name: str, paging: Paging) -> NamePlace | None:
    place = read_pair(name, paging.cursor, str, int)
    return NamePlace(*place) if place else None


def _more(name: str, places: list[NamePlace], limit: int) -> str | None:
    if len(places) <= limit:
        return None
    last = places[limit - 1]
    return make_cursor(name, (last.sort_name, last.id))
