"""No caller ever sees or changes another workspace's rows: every endpoint there is, with every number of the neighbour's."""

import json
import random
from collections.abc import Iterator

import httpx
import pytest

from posthus.api.openapi import openapi_document
from posthus.conversations.changing import Change, change_one
from posthus.conversations.doer import Doer
from posthus.database.pool import Database, Identity
from tests.integration.api.conftest import House, SignIn, bearer, furnish
from tests.integration.api.office import Office

Json = dict[str, object]
SECRET = "hemmelighed"
FIRST = 1000  # the neighbour's numbers begin here, and nobody else's are as high at first
# A stream never ends; signing in and out, and links, are about no workspace yet.
LEFT_OUT = ("/api/v1/events", "/api/v1/session", "/api/v1/invitations")
DOCUMENT: Json = json.loads(openapi_document())


def tables(database: Database) -> list[str]:
    with database.transaction() as connection:
        found = connection.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'"
            " where n.nspname = 'posthus' and c.relkind in ('r', 'p') and not c.relispartition"
            " and c.relname <> 'cache_change' order by 1"
        ).fetchall()
    return [name for (name,) in found]


def state(database: Database, house: House) -> dict[str, object]:
    """Everything of a workspace, as one hash a table."""
    found: dict[str, object] = {}
    with database.transaction() as connection:
        for table in tables(database):
            query = (
                f"select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) from posthus.{table} t"
                " where t.workspace_id = %s"
            )
            found[table] = connection.execute(query.encode(), (house.id,)).fetchone()
    return found


def numbers(database: Database, house: House) -> list[int]:
    """Every number of the neighbour's that an address could hold."""
    found: set[int] = set()
    with database.transaction() as connection:
        for table in tables(database):
            has = connection.execute(
                "select count(*) from pg_attribute where attrelid = ('posthus.' || %s)::regclass and attname = 'id'"
                " and atttypid = 'bigint'::regtype",
                (table,),
            ).fetchone()
            if has and has[0]:
                query = f"select id from posthus.{table} where workspace_id = %s"
                found |= {one for (one,) in connection.execute(query.encode(), (house.id,))}
    return sorted(one for one in found if one >= FIRST)


@pytest.fixture
def neighbour(database: Database, house: House) -> House:
    """A neighbour whose numbers are nobody else's in any table."""
    del house
    with database.transaction() as connection:
        connection.execute(
            "select setval(format('posthus.%%I', c.relname)::regclass, %s) from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'posthus' and c.relkind = 'S'"
            " and c.relname like '%%_id_seq'",
            (FIRST,),
        )
    return furnish(database, "Naboen")


@pytest.fixture
def secret(database: Database, neighbour: House, sign_in: SignIn) -> Office:
    """One of everything at the neighbour's, all of it called the same."""
    office = Office(database, neighbour)
    office.put(office.mail(SECRET, SECRET), office.mail(f"{SECRET} to", SECRET, page=f"<p>{SECRET}</p>"))
    admin = sign_in(neighbour, "admin")
    conversation = admin.get("/api/v1/conversations").json()["items"][0]["id"]
    tag = admin.post("/api/v1/tags", json={"name": SECRET}).json()["id"]
    admin.post("/api/v1/views", json={"name": SECRET, "filter": {"all": []}, "shared": True})
    admin.post("/api/v1/board/columns", json={"name": SECRET})
    admin.post(f"/api/v1/conversations/{conversation}/notes", json={"text": SECRET})
    admin.post("/api/v1/bulk", json={"selection": {"view": "all"}, "change": {"add_tags": [tag]}})
    admin.post("/api/v1/keys", json={"name": SECRET, "scopes": ["read"]})
    admin.patch("/api/v1/workspace", json={"name": SECRET})
    upload = {"source_name": f"{SECRET} import", "name": f"{SECRET}.mbox", "size": 9}
    begun = admin.post("/api/v1/imports", json=upload).json()["id"]
    admin.patch(f"/api/v1/imports/{begun}/content", content=b"From: a\n", headers={"Upload-Offset": "0"})
    with database.transaction() as connection:
        doer = Doer(neighbour.id, f"member:{neighbour.members['admin']}")
        change_one(connection, doer, conversation, Change(status="closed"))
        connection.execute(
            "update posthus.contact set name = %s where workspace_id = %s", (SECRET, neighbour.id)
        )
        connection.execute(
            "update posthus.company set name = %s where workspace_id = %s", (SECRET, neighbour.id)
        )
    return office


def operations() -> Iterator[tuple[str, str, Json]]:
    paths = DOCUMENT["paths"]
    assert isinstance(paths, dict)
    for path, methods in paths.items():
        if not path.startswith(LEFT_OUT):
            for method, operation in methods.items():
                yield method, path, operation


def resolved(schema: Json) -> Json:
    """The schema itself, without references and choices."""
    while True:
        if "$ref" in schema:
            components = DOCUMENT["components"]
            assert isinstance(components, dict)
            schema = components["schemas"][str(schema["$ref"]).rpartition("/")[2]]
        elif "anyOf" in schema:
            options = schema["anyOf"]
            assert isinstance(options, list)
            schema = next(one for one in options if one.get("type") != "null")
        else:
            return schema


def made_up(schema: Json, number: int, message: str) -> object:
    """A value that fits a schema, full of the neighbour's numbers."""
    schema = resolved(schema)
    kind, inner = schema.get("type"), schema.get("properties", schema.get("items", {}))
    assert isinstance(inner, dict)
    if kind == "object":
        return {name: made_up(one, number, message) for name, one in inner.items()}
    if kind == "array":
        return [made_up(inner, number, message)] if "Filter" not in str(inner) else []
    formats = {"uuid": message, "date-time": "2040-01-01T00:00:00Z"}
    options = schema.get(
        "enum", [schema.get("const", formats.get(str(schema.get("format")), "a long enough text"))]
    )
    assert isinstance(options, list)
    plain: dict[object, object] = {"integer": number, "number": number, "boolean": True}
    return plain.get(kind, options[0])


def body_of(operation: Json, number: int, message: str) -> object:
    body = operation.get("requestBody")
    if not isinstance(body, dict):
        return None
    content = body["content"]
    return (
        made_up(content["application/json"]["schema"], number, message)
        if "application/json" in content
        else None
    )


def test_no_endpoint_shows_or_changes_what_is_the_neighbours(
    secret: Office, database: Database, house: House, neighbour: House, sign_in: SignIn, client: httpx.Client
) -> None:
    before = state(database, neighbour)
    known = numbers(database, neighbour)
    with database.transaction() as connection:
        found = connection.execute(
            "select id::text from posthus.message where workspace_id = %s", (neighbour.id,)
        ).fetchone()
    assert found is not None
    message = str(found[0])
    agent, key = sign_in(house, "agent"), bearer(house.keys["admin"])
    choose = random.Random(11)
    asked = 0
    for method, path, operation in operations():
        for number in known if "{" in path else [known[0]]:
            address = path
            for name in ("{id}", "{event_id}", "{version}", "{digest}"):
                address = address.replace(
                    name, message if "/messages/" in path or name == "{event_id}" else str(number)
                )
            by_key = choose.random() < 0.7
            caller = client if by_key else agent
            wanted = {"q": SECRET, "contact": str(number), "kind": "contact"} if method == "get" else {}
            answer = caller.request(
                method.upper(),
                address,
                params=wanted,
                json=body_of(operation, number, message),
                headers={"Upload-Offset": "0", **(key if by_key else {})},
            )
            asked += 1
            assert answer.status_code < 500, (method, address, answer.text)
            assert SECRET not in answer.text.lower().replace(f'"{SECRET}"', ""), (
                method,
                address,
                answer.text,
            )
    assert asked > 500
    assert state(database, neighbour) == before


def test_no_table_shows_a_member_or_a_key_what_is_the_neighbours(
    secret: Office, database: Database, house: House, neighbour: House
) -> None:
    with database.transaction() as connection:
        keys = connection.execute(
            "select id from posthus.api_key where workspace_id = %s", (house.id,)
        ).fetchall()
        views = connection.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'"
            " where n.nspname = 'posthus' and c.relkind = 'v'"
        ).fetchall()
    whole = [*tables(database), *(name for (name,) in views)]
    for identity in (
        Identity(member_id=house.members["admin"]),
        Identity(key_id=keys[0][0]),
        Identity(member_id=0),
    ):
        for table in whole:
            with database.transaction(identity) as connection:
                allowed = connection.execute(
                    "select has_table_privilege('posthus_member', ('posthus.' || %s)::regclass, 'select')",
                    (table,),
                ).fetchone()
                if allowed and allowed[0]:
                    query = f"select count(*) from posthus.{table} where workspace_id = %s"
                    assert connection.execute(query.encode(), (neighbour.id,)).fetchone() == (0,), table
