"""Members of the workspace, and the contacts and companies that write to it."""

from typing import Annotated

from fastapi import APIRouter, Query

from posthus.api.access import SQL
from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.pages import make_cursor, read_cursor
from posthus.api.problems import Refusal
from posthus.api.shapes import Company, Contact, ContactSummary, Member, Named, Page
from posthus.api.visits import Reader
from posthus.database.pool import rows

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["people"])
Name = Annotated[str, Query(max_length=200, description="a part of the name, the address or the domain")]


@router.get("/members")
def list_members(visit: Reader, paging: Paged) -> Page[Member]:
    """The people of the workspace."""
    after = read_cursor("members", paging.cursor, int)
    wanted = {
        "workspace_id": visit.caller.workspace_id,
        "after": after or 0,
        "limit": paging.limit + 1,
    }
    with visit.reading() as connection:
        found = rows(connection, SQL["list_members"], wanted, Member)
    items = found[: paging.limit]
    more = make_cursor("members", [items[-1].id]) if len(found) > paging.limit else None
    return Page(items=items, next_cursor=more)


@router.get("/contacts")
def list_contacts(visit: Reader, paging: Paged, q: Name = "") -> Page[ContactSummary]:
    """Contacts by name."""
    raise Refusal(501, "Not there yet.")


@router.get("/contacts/{id}")
def read_contact(visit: Reader, number: Number) -> Contact:
    """One contact, with every address and its key figures."""
    raise Refusal(501, "Not there yet.")


@router.get("/companies")
def list_companies(visit: Reader, paging: Paged, q: Name = "") -> Page[Named]:
    """Companies by name."""
    raise Refusal(501, "Not there yet.")


@router.get("/companies/{id}")
def read_company(visit: Reader, number: Number) -> Company:
    """One company, with its domains, people and key figures."""
    raise Refusal(501, "Not there yet.")
