"""The intake behind its real server, and with a Postgres that goes away and comes back."""

import asyncio
import hmac
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server

import httpx
import pytest

from posthus.database.embedded import EmbeddedPostgres
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.intake.sources import NewSource, Source, SourceSecret, add_source
from posthus.jobs import WorkspaceId
from tests.keys import KEYRING

MakeSource = Callable[[NewSource], Source]
WaitUntil = Callable[[Callable[[], bool]], None]


@contextmanager
def granian(url: str, interface: str, wait_until: WaitUntil) -> Iterator[str]:
    """A server process on a free port; answers its address."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", interface, "--factory", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(
        [*command, "tests.integration.intake.served:app"],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"INTAKE_TEST_DATABASE": url},
    )
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        assert process.poll() is None
        try:
            return httpx.get(f"{address}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(ready)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def signed(secret: str, body: bytes) -> dict[str, str]:
    return {"x-signature": "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()}


@pytest.mark.parametrize("interface", ["rsgi", "asgi"])
def test_requests_over_the_wire(
    interface: str,
    database_url: str,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    bodies: Callable[[], list[bytes]],
    wait_until: WaitUntil,
) -> None:
    source = make_source(NewSource(workspace_id, "webhook", "Shop"))
    assert source.secret is not None
    body = json.dumps({"text": "rødgrød"}).encode()
    big = b"x" * 10_000_001
    with granian(database_url, interface, wait_until) as address, httpx.Client(base_url=address) as client:
        path = f"/in/{source.token}"
        accepted = client.post(path, content=body, headers=signed(source.secret, body))
        assert accepted.status_code == 202
        assert set(accepted.json()) == {"id"}
        refused = client.post(path, content=body, headers={b"x-signature": b"sha256=\xe6"})
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        assert client.post(path, content=body).status_code == 401
        assert client.get(path).status_code == 405
        assert client.post("/in/" + "a" * 32, content=body).status_code == 404
        large = b"y" * 9_000_000
        pieces = (large[at : at + 100_000] for at in range(0, len(large), 100_000))
        assert client.post(path, content=pieces, headers=signed(source.secret, large)).status_code == 202
        for content in (big, (big[at : at + 1_000_000] for at in range(0, len(big), 1_000_000))):
            with suppress(httpx.WriteError):  # the server may hang up on what is still being sent
                assert client.post(path, content=content).status_code == 413
    assert bodies() == [body, large]


async def _bombard(address: str, secret: SourceSecret, restart: Callable[[], None]) -> Counter[int]:
    """Send unique events until each has had its 202, while `restart` runs; how often which status came."""
    seen: Counter[int] = Counter()
    accepted = 0
    restarted = asyncio.Event()

    async def sender(number: int, client: httpx.AsyncClient) -> None:
        nonlocal accepted
        sent = 0
        while sent < 40 or not restarted.is_set():
            body = b"%d-%d" % (number, sent)
            answer = await client.post(
                f"{address}/in/{secret.token}", content=body, headers=signed(secret.secret or "", body)
            )
            seen[answer.status_code] += 1
            if answer.status_code == 202:
                sent += 1
                accepted += 1
            else:
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "5"
                await asyncio.sleep(0.02)

    async def disturb() -> None:
        while accepted < 100:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(restart)
        before = accepted
        while accepted < before + 100:
            await asyncio.sleep(0.01)
        restarted.set()

    async with asyncio.timeout(90), httpx.AsyncClient(timeout=30) as client:
        await asyncio.gather(disturb(), *(sender(number, client) for number in range(16)))
    return seen


def test_every_202_is_a_row_exactly_once_through_a_restart_of_postgres(
    scratch: Path, wait_until: WaitUntil
) -> None:
    server = EmbeddedPostgres(scratch / "restarted-postgres")
    server.start()
    try:
        server.create_database("posthus")
        url = server.url()
        migrate(url)
        with Database(url) as database, database.transaction() as connection:
            made = connection.execute("insert into posthus.workspace (name) values ('T') returning id")
            (workspace_id,) = made.fetchone() or (0,)
            secret = add_source(connection, NewSource(workspace_id, "webhook", "Shop"), KEYRING)

        def restart() -> None:
            server.stop()
            server.start()

        with granian(url, "rsgi", wait_until) as address:
            seen = asyncio.run(_bombard(address, secret, restart))
        with Database(url) as database, database.transaction() as connection:
            rows = connection.execute("select body from posthus.event").fetchall()
            jobs = connection.execute("select count(distinct subject), count(*) from posthus.log").fetchone()
        assert seen[503] > 0
        assert seen[202] == len(rows) == len({bytes(body) for (body,) in rows})
        assert jobs == (len(rows), len(rows))
    finally:
        server.stop()
