"""Two workspaces with people of every role, and a client of the API over a real database."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from posthus.api.application import create_application
from posthus.api.members import add_member, create_key, ensure_workspace
from posthus.api.parts import ApiParts, ApiSettings
from posthus.api.rights import Scope
from posthus.api.shapes.operations import Load, Operations, Searches
from posthus.api.shapes.shape import Role
from posthus.cache.feed import Feed
from posthus.database.pool import Database
from posthus.jobs import WorkspaceId
from tests.keys import KEYRING

PASSWORD = "korrekt hest batteri"
ROLES: tuple[Role, ...] = ("admin", "manager", "agent", "read-only")
SCOPES: tuple[Scope, ...] = ("read", "write", "search", "admin")
Json = dict[str, object]


class InProcess(httpx.BaseTransport):
    """Requests go to an ASGI application in this process, on one event loop."""

    def __init__(self, application: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(application, raise_app_exceptions=False)
        self._runner = asyncio.Runner()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def send() -> httpx.Response:
            sent = request.read()
            inside = httpx.Request(request.method, request.url, headers=request.headers, content=sent)
            answer = await self._inner.handle_async_request(inside)
            assert isinstance(answer.stream, httpx.AsyncByteStream)
            body = b"".join([part async for part in answer.stream])
            return httpx.Response(answer.status_code, headers=answer.headers, content=body)

        return self._runner.run(send())

    def close(self) -> None:
        self._runner.close()


def visit(application: ASGIApp) -> httpx.Client:
    """A browser that has not been here before."""
    return httpx.Client(transport=InProcess(application), base_url="http://testserver")


@dataclass
class House:
    """One workspace: its people by role and its keys by scope."""

    id: WorkspaceId
    members: dict[Role, int] = field(default_factory=dict)
    keys: dict[Scope, str] = field(default_factory=dict)

    def email(self, role: Role) -> str:
        return f"{role}@{self.id}.example.dk"


SignIn = Callable[[House, Role], httpx.Client]


def furnish(database: Database, name: str) -> House:
    with database.transaction() as connection:
        house = House(ensure_workspace(connection, name, ["example.dk"])[0])
        for role in ROLES:
            person = (house.email(role), role.title())
            house.members[role] = add_member(connection, house.id, person, role, PASSWORD)
        for scope in SCOPES:
            house.keys[scope] = create_key(connection, house.id, scope, [scope])[1]
    return house


@pytest.fixture
def house(database: Database) -> House:
    return furnish(database, "Tagfirmaet")


@pytest.fixture
def neighbour(database: Database) -> House:
    return furnish(database, "Naboen")


@pytest.fixture
def feed(database: Database) -> Iterator[Feed]:
    feed = Feed(database)
    yield feed
    feed.close()


@pytest.fixture
def parts(database: Database, feed: Feed, tmp_path: Path) -> ApiParts:
    return ApiParts(
        database=database,
        feed=feed,
        operations=lambda _connection, _workspace_id, _language: Operations(
            complete=True,
            bottleneck="",
            load=Load(
                busy={},
                processor=None,
                cache_hit_ratio=None,
                spool_events=0,
                spool_bytes=0,
                spool_seconds=0,
                searches=Searches(new=0, kept=0, updated=0, seconds_saved=0),
            ),
            latencies=[],
            stages=[],
            samples=[],
            processes=[],
            invariants=[],
            database_bytes=0,
            version="0",
        ),
        source_numbers=lambda _connection, _workspace_id: {},
        keyring=KEYRING,
        settings=ApiSettings(
            public_url="http://testserver", web=tmp_path / "web", requests_a_minute=1_000_000
        ),
    )


@pytest.fixture
def client(parts: ApiParts) -> Iterator[httpx.Client]:
    """A browser without a session."""
    with visit(create_application(parts)) as client:
        yield client


@pytest.fixture
def sign_in(parts: ApiParts) -> Iterator[SignIn]:
    """Sign a person in; the client keeps the cookie and sends the CSRF value by itself."""
    opened: list[httpx.Client] = []

    def sign_in(house: House, role: Role) -> httpx.Client:
        client = visit(create_application(parts))
        answer = client.post("/api/v1/session", json={"email": house.email(role), "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        opened.append(client)
        return client

    yield sign_in
    for client in opened:
        client.close()


@pytest.fixture
def agent(house: House, sign_in: SignIn) -> httpx.Client:
    return sign_in(house, "agent")


@pytest.fixture
def manager(house: House, sign_in: SignIn) -> httpx.Client:
    return sign_in(house, "manager")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@dataclass
class Served:
    """The API on a real port; `stop` asks the server to end, `ended` says whether it has."""

    url: str
    stop: Callable[[], None]
    ended: Callable[[], bool]


@pytest.fixture
def served(parts: ApiParts, feed: Feed) -> Iterator[Served]:
    """A real granian on a loopback port, in a thread, ended the way the application ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    stopping = Event()
    thread = Thread(target=lambda: asyncio.run(_serve(parts, port, stopping)), daemon=True)
    thread.start()

    def stop() -> None:
        feed.close()
        stopping.set()

    url = f"http://127.0.0.1:{port}"
    deadline = monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/healthz")
            break
        except httpx.TransportError:
            assert monotonic() < deadline
    yield Served(url, stop, lambda: not thread.is_alive())
    stop()
    thread.join(30)
    assert not thread.is_alive()


async def _serve(parts: ApiParts, port: int, stopping: Event) -> None:
    application = create_application(parts)
    server = Server(
        application,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )
    loop = asyncio.get_running_loop()
    serving = loop.create_task(server.serve())
    await loop.run_in_executor(None, stopping.wait)
    server.stop()  # type: ignore[no-untyped-call]
    await serving
