"""What an idle Posthus needs: the proportional memory of every process of `posthus up` and its Postgres."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.request import urlopen

import psutil

SETTLE_SECONDS = 30


def run() -> dict[str, object]:
    """Megabytes per process after half a minute of nothing; shared pages are counted once (PSS)."""
    http, smtp = _free_port(), _free_port()
    with tempfile.TemporaryDirectory(prefix="posthus-memory-") as folder:
        Path(folder).chmod(0o755)
        command = [sys.executable, "-m", "posthus", "up", "--data", f"{folder}/data"]
        command += ["--http", f"127.0.0.1:{http}", "--smtp", f"127.0.0.1:{smtp}"]
        started = monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_ready(f"http://127.0.0.1:{http}/readyz")
            ready = monotonic() - started
            sleep(SETTLE_SECONDS)
            megabytes = _proportional(psutil.Process(process.pid))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    return {
        "seconds from nothing to ready": ready,
        **megabytes,
        "MB in total (aim 400, limit 600)": sum(megabytes.values()),
    }


def _proportional(parent: psutil.Process) -> dict[str, float]:
    found: dict[str, float] = {}
    for process in [parent, *parent.children(recursive=True)]:
        try:
            name = (
                "postgres"
                if process.name() == "postgres"
                else " ".join(process.cmdline()[3:7]) or process.name()
            )
            pss = process.memory_full_info().pss / 1e6
        except psutil.NoSuchProcess:
            continue
        found[f"MB {name}"] = found.get(f"MB {name}", 0.0) + pss
    return found


def _wait_ready(url: str) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            sleep(0.1)
    raise TimeoutError(f"{url} did not answer (pid {os.getpid()})")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    print(run())
