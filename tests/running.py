"""A whole Posthus, started as a newcomer starts it, on free ports and in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
READY_SECONDS = 90


@dataclass(frozen=True)
class Running:
    """Where it answers, and the process to signal."""

    url: str
    smtp_port: int
    data: Path
    process: "subprocess.Popen[bytes]"

    @property
    def login(self) -> tuple[str, str]:
        """The first e-mail address and password."""
        email, password = (self.data / "first-login").read_text().split()
        return email, password

    def command(self, *arguments: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run `posthus …` against it."""
        return posthus(self.data, *arguments, text=text)

    def lines(self, *arguments: str) -> list[dict[str, object]]:
        """The JSON lines a command prints; it must succeed."""
        done = self.command(*arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> int:
        """POST and answer the status."""
        try:
            with urlopen(Request(f"{self.url}{path}", body, headers or {}), timeout=30) as answer:
                return int(answer.status)
        except URLError as error:
            return int(getattr(error, "code", 0))


def posthus(data: Path, *arguments: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    environment = {**os.environ, "POSTHUS_DATA": str(data)}
    command = [sys.executable, "-m", "posthus", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@contextmanager
def running(data: Path, *options: str, path: str = "") -> Iterator[Running]:
    """`posthus up`, beneath `path` of its host, until the block ends; then SIGTERM, and it must end by itself."""
    http, smtp = free_port(), free_port()
    command = [sys.executable, "-m", "posthus", "up", "--data", str(data)]
    command += ["--http", f"127.0.0.1:{http}", "--smtp", f"127.0.0.1:{smtp}", *options]
    url = f"http://127.0.0.1:{http}{path}"
    environment = {**os.environ, **({"POSTHUS_PUBLIC_URL": url} if path else {})}
    with (data.parent / f"{data.name}.out").open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    instance = Running(url, smtp, data, process)
    try:
        wait_for(lambda: ready(instance))
        yield instance
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def ready(instance: Running) -> bool:
    """True when /readyz answers 200."""
    assert instance.process.poll() is None, (instance.data.parent / f"{instance.data.name}.out").read_text()
    try:
        with urlopen(f"{instance.url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
    """Look again every few milliseconds until it is so."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, f"it did not become so within {seconds} seconds"
        sleep(0.05)


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
