"""The whole product as a newcomer starts it, for benchmarks: `posthus up` in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.request import urlopen

READY_SECONDS = 60


@dataclass(frozen=True)
class Product:
    """Where it answers, its data folder, and the supervisor's process id."""

    url: str
    data: Path
    pid: int

    def command(self, *arguments: str) -> str:
        """What `posthus …` prints; raises CalledProcessError when it fails."""
        return subprocess.run(
            [sys.executable, "-m", "posthus", *arguments],
            env={**os.environ, "POSTHUS_DATA": str(self.data), "POSTHUS_PUBLIC_URL": self.url},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def told(self, *arguments: str) -> dict[str, object]:
        """The last JSON line that a command prints."""
        last: dict[str, object] = json.loads(self.command(*arguments).splitlines()[-1])
        return last


@contextmanager
def running() -> Iterator[Product]:
    """The product, ready, until the block ends."""
    http, smtp = _free_port(), _free_port()
    with tempfile.TemporaryDirectory(prefix="posthus-bench-") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "posthus", "up", "--data", str(data)]
        command += ["--http", f"127.0.0.1:{http}", "--smtp", f"127.0.0.1:{smtp}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{http}"
        try:
            _wait_ready(f"{url}/readyz")
            yield Product(url, data, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


def _wait_ready(url: str) -> None:
    deadline = monotonic() + READY_SECONDS
    while monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            sleep(0.1)
    raise TimeoutError(f"{url} did not answer within {READY_SECONDS} seconds")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
