"""Senders that send a head or a body for ever, or too large a head, hold up nobody and are sent away."""

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from posthus.app import http
from posthus.app.addresses import Address
from posthus.app.http import HttpServer
from posthus.intake.bodies import Bodies
from posthus.intake.deliveries import Surroundings
from posthus.intake.servers import IntakeApp
from posthus.intake.sources import NewSource, Source
from posthus.jobs import WorkspaceId
from tests.keys import KEYRING
from tests.running import free_port, wait_for

MakeSource = Callable[[NewSource], Source]
GUARD = 60  # seconds until a test gives up


async def nothing(scope: http.Message, receive: http.Receive, send: http.Send) -> None:
    """An API that is not asked."""


@pytest.fixture(params=["intake alone", "beside the API"])
def served(
    request: pytest.FixtureRequest, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """The real server with little patience."""
    monkeypatch.setattr(http, "HEADER_SECONDS", 2)
    intake = IntakeApp(database_url, around=Surroundings(KEYRING))
    intake.bodies = Bodies(seconds=2.0)
    address, stop = Address("127.0.0.1", free_port()), threading.Event()
    api = nothing if request.param == "beside the API" else None
    thread = threading.Thread(target=HttpServer(address, api, intake).run, args=(stop,))
    thread.start()
    with httpx.Client(base_url=f"http://{address}", timeout=GUARD) as client:

        def answers() -> bool:
            try:
                return client.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        try:
            wait_for(answers)
            yield client
        finally:
            stop.set()
            thread.join()


@pytest.fixture
def path(make_source: MakeSource, workspace_id: WorkspaceId) -> str:
    return f"/in/{make_source(NewSource(workspace_id, 'webhook', 'Shop', signed=False)).token}"


def begun(client: httpx.Client, sent: bytes) -> socket.socket:
    """A connection on which so much was sent, and no more will be."""
    connection = socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=GUARD)
    connection.sendall(sent)
    return connection


def rest(connection: socket.socket) -> bytes:
    """What the server still says until it closes."""
    heard = b""
    while piece := connection.recv(65_536):
        heard += piece
    connection.close()
    return heard


def test_slow_heads_and_bodies_are_closed_by_the_server_and_others_are_served_meanwhile(
    served: httpx.Client, path: str, count: Callable[[str], int]
) -> None:
    start = f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode()
    slow_heads = [begun(served, start + b"X-Slow: ") for _ in range(20)]
    slow_bodies = [begun(served, start + b"Content-Length: 1000\r\n\r\n{") for _ in range(20)]
    chunked = [begun(served, start + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n") for _ in range(20)]
    assert [served.post(path, content=b"%d" % number).status_code for number in range(20)] == [202] * 20
    assert {rest(each)[:12] for each in slow_heads} <= {b"", b"HTTP/1.1 408"}
    for each in (*slow_bodies, *chunked):
        assert each.recv(65_536).startswith(b"HTTP/1.1 408")
        each.close()
    assert served.post(path, content=b"afterwards").status_code == 202
    assert count("event") == 21


@pytest.mark.parametrize("size", [60_000, 70_000, 200_000])
def test_a_head_is_64_kilobytes_at_most(served: httpx.Client, path: str, size: int) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\nX-Large: ".encode()
    answer = rest(begun(served, head + b"x" * size + b"\r\n\r\n1"))
    assert answer[9:12] == (b"202" if size < 65_536 else b"431")
