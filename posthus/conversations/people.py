"""Contacts and companies read back, for one workspace and under row level security."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from posthus.conversations.shown import (
    Company,
    CompanyLine,
    Contact,
    ContactAddress,
    ContactLine,
    ContactSummary,
    Figures,
    Named,
    NamePlace,
)
from posthus.database.pool import row, rows
from posthus.database.queries import load
from posthus.jobs import CompanyId, ContactId, WorkspaceId

SQL = load(__file__, "people.sql")
COMPANY_CONTACTS = 50
SHORTEST_PART = 3
NO_FIGURES = Figures(0, 0, 0, None, None)


@dataclass(frozen=True, slots=True)
class _Listed:
    id: int
    name: str
    sort_name: str
    last_message_at: datetime | None

    @property
    def place(self) -> NamePlace:
        return NamePlace(self.sort_name, self.id)


@dataclass(frozen=True, slots=True)
class _Person(_Listed):
    address: str
    company_id: int | None
    company_name: str | None


@dataclass(frozen=True, slots=True)
class _Organisation(_Listed):
    domain: str
    people: int


@dataclass(frozen=True, slots=True)
class _ContactRow:
    id: int
    name: str
    title: str
    held: bool
    company_id: int | None
    company_name: str | None


@dataclass(frozen=True, slots=True)
class _CompanyRow:
    id: int
    name: str
    cvr: str | None
    held: bool
    domains: list[str]


def list_contacts(
    connection: Connection, workspace_id: WorkspaceId, q: str, after: NamePlace | None, limit: int
) -> list[tuple[ContactLine, NamePlace]]:
    """At most `limit` contacts by name with their places; `q` is a part of a name or address."""
    found = rows(connection, SQL["list_contacts"], _wanted(workspace_id, q, after, limit), _Person)
    return [
        (
            ContactLine(
                one.id, one.name, one.address, _named(one.company_id, one.company_name), one.last_message_at
            ),
            one.place,
        )
        for one in found
    ]


def list_companies(
    connection: Connection, workspace_id: WorkspaceId, q: str, after: NamePlace | None, limit: int
) -> list[tuple[CompanyLine, NamePlace]]:
    """At most `limit` companies by name with their places; `q` is a part of a name, domain or number."""
    found = rows(connection, SQL["list_companies"], _wanted(workspace_id, q, after, limit), _Organisation)
    return [
        (CompanyLine(one.id, one.name, one.domain, one.people, one.last_message_at), one.place)
        for one in found
    ]


def _named(number: int | None, name: str | None) -> Named | None:
    return None if number is None else Named(number, name or "")


def contact(connection: Connection, workspace_id: WorkspaceId, contact_id: ContactId) -> Contact | None:
    """One contact with every address and its key figures; None if there is none."""
    parameters: dict[str, object] = {"workspace_id": workspace_id, "id": contact_id}
    found = row(connection, SQL["find_contact"], parameters, _ContactRow)
    if found is None:
        return None
    parameters["id"] = ContactId(found.id)
    company = _named(found.company_id, found.company_name)
    addresses = rows(connection, SQL["contact_addresses"], parameters, ContactAddress)
    figures = row(connection, SQL["contact_figures"], parameters, Figures) or NO_FIGURES
    return Contact(found.id, found.name, found.title, found.held, company, addresses, figures)


def company(connection: Connection, workspace_id: WorkspaceId, company_id: CompanyId) -> Company | None:
    """One company with its domains, key figures and the people heard from last; None if there is none."""
    parameters: dict[str, object] = {
        "workspace_id": workspace_id,
        "id": company_id,
        "limit": COMPANY_CONTACTS,
    }
    found = row(connection, SQL["find_company"], parameters, _CompanyRow)
    if found is None:
        return None
    parameters["id"] = CompanyId(found.id)
    contacts = rows(connection, SQL["company_contacts"], parameters, ContactSummary)
    figures = row(connection, SQL["company_figures"], parameters, Figures) or NO_FIGURES
    return Company(found.id, found.name, found.cvr, found.held, found.domains, contacts, figures)


def _wanted(workspace_id: WorkspaceId, q: str, after: NamePlace | None, limit: int) -> dict[str, object]:
    text = q.strip()
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return {
        "workspace_id": workspace_id,
        # Shorter texts are in no index but as beginnings of words.
        "pattern": (f"%{text}%" if len(q.strip()) >= SHORTEST_PART else f"{text}%") if text else None,
        "sort_name": after.sort_name if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }
