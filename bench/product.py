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

from bench.serving import free_port, wait_until_answers


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
    http, smtp = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="posthus-bench-") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "posthus", "up", "--data", str(data)]
        command += ["--http", f"127.0.0.1:{http}", "--smtp", f"127.0.0.1:{smtp}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{http}"
        try:
            wait_until_answers(f"{url}/readyz", process)
            yield Product(url, data, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)
