"""Behind a balancer, with the configurations we ship: a server that dies or stops costs no delivery."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock

import httpx
import psutil
import pytest

from posthus.intake.sources import NewSource, Source, SourceSecret
from posthus.jobs import WorkspaceId
from tests.integration.intake.intake_process import Intake, signed, start_intake
from tests.running import ROOT, free_port, wait_for

MakeSource = Callable[[NewSource], Source]
DELIVERIES = 600


@contextmanager
def balancer(name: str, ports: list[int], folder: Path) -> Iterator[str]:
    """nginx or HAProxy with the shipped file, its ports alone exchanged."""
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"needs {name} (Debian package)")
    public = free_port()
    suffix = {"nginx": "conf", "haproxy": "cfg"}[name]
    text = (ROOT / "deploy" / f"{name}.{suffix}").read_text()
    for shipped, real in zip((8000, 8001, 8002, 8003), (public, *ports), strict=True):
        assert f"127.0.0.1:{shipped}" in text
        text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{real}")
    file = folder / f"{name}.{suffix}"
    file.write_text(text)
    command = [program, "-f", str(file), "-db"]
    if name == "nginx":
        command = [program, "-c", str(file), "-p", str(folder)]
        command += ["-g", f"daemon off; pid {folder}/pid; error_log {folder}/error.log;"]
    process = subprocess.Popen(command)
    address = f"http://127.0.0.1:{public}"

    def answers() -> bool:
        assert process.poll() is None
        try:
            return httpx.get(f"{address}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_for(answers)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


class Load:
    """Deliveries from several threads; each must be accepted, and it is told when a third and half of them are."""

    def __init__(self, secret: SourceSecret) -> None:
        self.secret = secret
        self.accepted: list[bytes] = []
        self.third, self.half = Event(), Event()
        self._numbers = iter(range(DELIVERIES))
        self._lock = Lock()

    def send(self, address: str) -> None:
        """Until none is left."""
        with httpx.Client(base_url=address, timeout=60) as client:
            while (number := self._next()) is not None:
                body = b"%d" % number
                path = f"/in/{self.secret.token}"
                answer = client.post(path, content=body, headers=signed(self.secret, body))
                assert answer.status_code == 202, answer.text
                self.accepted.append(body)
                if len(self.accepted) > DELIVERIES // 3:
                    self.third.set()
                if len(self.accepted) > DELIVERIES // 2:
                    self.half.set()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)


@pytest.mark.slow
def test_two_processes_share_a_port_and_one_that_is_killed_is_replaced(
    database_url: str,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    bodies: Callable[[], list[bytes]],
    scratch: Path,
) -> None:
    source = make_source(NewSource(workspace_id, "webhook", "Shop"))
    secret = SourceSecret(source.id, source.token, None, source.secret)
    intake = start_intake(database_url, scratch / "two", "intake-http", "--processes", "2")
    parent = psutil.Process(intake.process.pid)

    def serving() -> set[int]:
        """Who has the port open."""
        return {
            child.pid
            for child in parent.children()
            if any(each.laddr.port == intake.http for each in child.net_connections("tcp"))
        }

    wait_for(lambda: len(serving()) == 2)
    sent = [deliver(intake, secret, number) for number in range(20)]
    first = serving()
    psutil.Process(min(first)).kill()
    sent += [deliver(intake, secret, number) for number in range(20, 40)]
    wait_for(lambda: len(serving()) == 2 and serving() != first)
    sent += [deliver(intake, secret, number) for number in range(40, 60)]
    intake.stop()
    assert sorted(bodies()) == sorted(sent)


def deliver(intake: Intake, secret: SourceSecret, number: int) -> bytes:
    """On a connection of its own; again where the process that got it was killed."""
    body = b"%d" % number
    while True:
        with suppress(httpx.TransportError), httpx.Client(base_url=intake.client.base_url) as client:
            answer = client.post(f"/in/{secret.token}", content=body, headers=signed(secret, body))
            assert answer.status_code == 202
            return body


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_a_server_that_dies_and_one_that_stops_lose_nothing(
    name: str,
    database_url: str,
    make_source: MakeSource,
    workspace_id: WorkspaceId,
    bodies: Callable[[], list[bytes]],
    scratch: Path,
) -> None:
    source = make_source(NewSource(workspace_id, "webhook", "Shop"))
    secret = SourceSecret(source.id, source.token, None, source.secret)
    folder = scratch / name
    folder.mkdir()
    drain = {"POSTHUS_DRAIN_SECONDS": "3"}
    servers = [
        start_intake(database_url, folder / str(number), "intake-http", environment=drain)
        for number in range(3)
    ]
    load = Load(secret)
    with balancer(name, [each.http for each in servers], folder) as address, ThreadPoolExecutor(8) as pool:
        sending = [pool.submit(load.send, address) for _ in range(8)]
        assert load.third.wait(60)
        servers[0].kill()
        assert load.half.wait(60)
        servers[1].stop()
        for each in sending:
            each.result()
        servers[2].stop()
    assert sorted(bodies()) == sorted(load.accepted)
    assert len(load.accepted) == DELIVERIES
