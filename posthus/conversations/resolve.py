"""Whose message it is: contacts and companies found by their addresses, domains and numbers, or made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from psycopg import Connection

from posthus.conversations.choices import better_name, choose
from posthus.conversations.drafts import Key, Person
from posthus.database.pool import number, rows
from posthus.database.queries import load
from posthus.jobs import ContactId, WorkspaceId

SQL = load(__file__, "resolve.sql")


@dataclass(frozen=True, slots=True)
class _Company:
    kind: str
    value: str
    id: int
    cvr: str | None
    name: str


@dataclass(frozen=True, slots=True)
class _Contact:
    kind: str
    value: str
    id: int
    name: str
    title: str
    company_id: int | None


def resolve_people(
    connection: Connection, workspace_id: WorkspaceId, people: Sequence[Person]
) -> list[ContactId]:
    """The contact of each person, made where nobody is known yet; safe beside others doing the same.

    Locks are taken in one order (companies, addresses, contacts; each sorted), so parallel workers wait but
    never deadlock.
    """
    if not people:
        return []
    companies = _companies(connection, workspace_id, people)
    return _contacts(connection, workspace_id, people, companies)


def _companies(
    connection: Connection, workspace_id: WorkspaceId, people: Sequence[Person]
) -> list[int | None]:
    wanted = [person.company_keys for person in people if person.company_keys]
    if not wanted:
        return [None] * len(people)
    named = [person for person in people if person.company_keys]
    found = _known_companies(connection, workspace_id, wanted)
    chosen, claims = choose(wanted, _ids(found), _numbers(found))
    if claims:
        reserved = _reserve(connection, "reserve_companies", chosen)
        final = {value: reserved.get(value, value) for value in chosen}
        owners: dict[int, list[Person]] = {}
        for person, value in zip(named, chosen, strict=True):
            owners.setdefault(value, []).append(person)
        described = {value: _describe(found_owners) for value, found_owners in owners.items()}
        rows_wanted = [
            {
                "kind": key[0],
                "value": key[1],
                "id": final[claimed],
                "is_new": claimed < 0,
                **described[claimed],
            }
            for key, claimed in claims.items()
        ]
        parameters = {"workspace_id": workspace_id, "claims": _json(rows_wanted)}
        claimed_count = number(connection, SQL["claim_companies"], parameters)
        if claimed_count != len(claims):  # somebody else was faster with one of them
            found = _known_companies(connection, workspace_id, wanted)
            chosen, _ = choose(wanted, _ids(found), _numbers(found))
        else:
            chosen = [final[value] for value in chosen]
    _improve_companies(connection, workspace_id, list(zip(named, chosen, strict=True)), found)
    numbers = iter(chosen)
    return [
        (value if (value := next(numbers)) > 0 else None) if person.company_keys else None
        for person in people
    ]


def _known_companies(
    connection: Connection, workspace_id: WorkspaceId, wanted: Sequence[tuple[Key, ...]]
) -> list[_Company]:
    return rows(connection, SQL["known_companies"], _keys(workspace_id, wanted), _Company)


def _ids(found: Iterable[_Company]) -> Mapping[Key, int]:
    return {(one.kind, one.value): one.id for one in found}


def _numbers(found: Iterable[_Company]) -> Mapping[int, str]:
    return {one.id: one.cvr for one in found if one.cvr is not None}


def _describe(owners: Sequence[Person]) -> dict[str, str | None]:
    """A company's number and name: the name it was given, else its domain, else its number."""
    keys = [key for person in owners for key in person.company_keys]
    cvr = next((value for kind, value in keys if kind == "cvr"), None)
    domain = next((value for kind, value in keys if kind == "domain"), None)
    name = next((person.company_name for person in owners if person.company_name), None)
    return {"cvr": cvr, "name": name or domain or f"CVR {cvr}"}


def _improve_companies(
    connection: Connection,
    workspace_id: WorkspaceId,
    chosen: Sequence[tuple[Person, int]],
    found: Sequence[_Company],
) -> None:
    known = {one.id: one for one in found}
    domains = {one.value for one in found if one.kind == "domain"}
    better: dict[int, dict[str, object]] = {}
    for person, company_id in chosen:
        company = known.get(company_id)
        if company is None:
            continue
        cvr = _describe([person])["cvr"]
        stopgap = company.name in domains or company.name == f"CVR {company.cvr or cvr}"
        name = person.company_name if person.company_name and stopgap else company.name
        if name != company.name or (company.cvr is None and cvr is not None):
            better.setdefault(company_id, {"id": company_id, "name": name, "cvr": cvr})
    if better:
        parameters = {"workspace_id": workspace_id, "companies": _json(better.values())}
        connection.execute(SQL["improve_companies"], parameters)


def _contacts(
    connection: Connection,
    workspace_id: WorkspaceId,
    people: Sequence[Person],
    companies: Sequence[int | None],
) -> list[ContactId]:
    wanted = [person.keys for person in people]
    found = _known_contacts(connection, workspace_id, wanted)
    known = {(one.kind, one.value): one.id for one in found}
    chosen, claims = choose(wanted, known, {})
    if claims:
        reserved = _reserve(connection, "reserve_contacts", chosen)
        new = _introduce(people, companies, chosen)
        rows_wanted = [
            {
                "kind": key[0],
                "value": key[1],
                "id": reserved.get(claimed, claimed),
                "is_new": claimed < 0,
                **new[claimed],
            }
            for key, claimed in claims.items()
        ]
        parameters = {"workspace_id": workspace_id, "claims": _json(rows_wanted)}
        claimed_count = number(connection, SQL["claim_contacts"], parameters)
        if claimed_count != len(claims):  # somebody else was faster with one of them
            found = _known_contacts(connection, workspace_id, wanted)
            chosen, _ = choose(wanted, {(one.kind, one.value): one.id for one in found}, {})
        else:
            chosen = [reserved.get(value, value) for value in chosen]
    _improve_contacts(connection, workspace_id, list(zip(people, companies, chosen, strict=True)), found)
    phones = {
        phone: contact for person, contact in zip(people, chosen, strict=True) for phone in person.phones
    }
    if phones:
        learnt = _json({"phone": phone, "contact_id": contact} for phone, contact in sorted(phones.items()))
        connection.execute(SQL["learn_phones"], {"workspace_id": workspace_id, "phones": learnt})
    return [ContactId(value) for value in chosen]


def _known_contacts(
    connection: Connection, workspace_id: WorkspaceId, wanted: Sequence[tuple[Key, ...]]
) -> list[_Contact]:
    return rows(connection, SQL["known_contacts"], _keys(workspace_id, wanted), _Contact)


def _introduce(
    people: Sequence[Person], companies: Sequence[int | None], chosen: Sequence[int]
) -> dict[int, dict[str, object]]:
    """Each contact's name and company, from every message of the batch that is theirs."""
    described: dict[int, dict[str, object]] = {}
    for person, company_id, value in zip(people, companies, chosen, strict=True):
        known = described.setdefault(value, {"name": "", "title": "", "company_id": None})
        known["name"] = better_name(str(known["name"]), person.name)
        known["title"] = known["title"] or person.title
        known["company_id"] = known["company_id"] or company_id
    return described


def _improve_contacts(
    connection: Connection,
    workspace_id: WorkspaceId,
    chosen: Sequence[tuple[Person, int | None, int]],
    found: Sequence[_Contact],
) -> None:
    known = {one.id: one for one in found}
    better: dict[int, tuple[str, str, int | None]] = {}
    for person, company_id, contact_id in chosen:
        contact = known.get(contact_id)
        if contact is None:
            continue
        name, title, company = better.get(contact_id, (contact.name, contact.title, contact.company_id))
        by_number = any(kind == "cvr" for kind, _ in person.company_keys)
        company = company_id if company_id is not None and (company is None or by_number) else company
        better[contact_id] = (better_name(name, person.name), title or person.title, company)
    changed = [
        {"id": contact_id, "name": name, "title": title, "company_id": company_id}
        for contact_id, (name, title, company_id) in better.items()
        if (name, title, company_id)
        != (known[contact_id].name, known[contact_id].title, known[contact_id].company_id)
    ]
    if changed:
        parameters = {"workspace_id": workspace_id, "contacts": _json(changed)}
        connection.execute(SQL["improve_contacts"], parameters)


def _reserve(connection: Connection, query: str, chosen: Sequence[int]) -> Mapping[int, int]:
    """A number for each one that must be made."""
    new = sorted({value for value in chosen if value < 0}, reverse=True)
    if not new:
        return {}
    reserved = sorted(value for (value,) in connection.execute(SQL[query], {"count": len(new)}))
    return dict(zip(new, reserved, strict=True))


def _keys(workspace_id: WorkspaceId, wanted: Sequence[tuple[Key, ...]]) -> dict[str, object]:
    distinct = dict.fromkeys(key for keys in wanted for key in keys)
    return {
        "workspace_id": workspace_id,
        "keys": _json({"kind": kind, "value": value} for kind, value in distinct),
    }


def _json(items: Iterable[object]) -> str:
    return orjson.dumps(list(items)).decode()
