"""The place of a fault campaign: a Postgres, a small disk, and processes that are started again when they are killed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.request import urlopen

from bench.database import make_workspace
from bench.faults_senders import PROVIDERS, Address
from bench.serving import free_port
from posthus.database.embedded import EmbeddedPostgres, EmbeddedPostgresError
from posthus.database.migrate import migrate
from posthus.database.pool import Database
from posthus.intake.providers.table import PRESETS
from posthus.intake.secrets import Keyring
from posthus.intake.sources import NewSource, add_source

ROOT = Path(__file__).parents[1]
KEY = "a key of this benchmark alone and no secret"
SECONDS = 120.0  # that anything may take to come up
BALLAST = "ballast"
# What each stage did, in the order in which it did it.
LEDGER = """
create table public.effect (
  place bigint generated always as identity, stage text, subject uuid, transaction xid8 default pg_current_xact_id()
);
create function public.filed() returns trigger language plpgsql as $$
begin insert into public.effect (stage, subject) values ('file', new.event_id); return null; end $$;
create function public.linked() returns trigger language plpgsql as $$
begin insert into public.effect (stage, subject) values ('link', new.message_id); return null; end $$;
create trigger filed after insert on posthus.message for each row execute function public.filed();
create trigger linked after insert on posthus.conversation_message for each row execute function public.linked();
"""


class Disk:
    """Where the spools are: a small file system of its own where we may mount one, else a folder with a limit."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self.megabytes = megabytes
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        self.own = subprocess.run(mount, capture_output=True, check=False).returncode == 0

    def fill(self) -> None:
        """Leave no room."""
        if not self.own:  # counted as what the spools take
            spool = self.folder / "spool"
            spool.mkdir(exist_ok=True)
            with (spool / BALLAST).open("wb") as file:
                file.truncate(self.megabytes * 1_000_000)
            return
        handle = os.open(self.folder / BALLAST, os.O_WRONLY | os.O_CREAT)
        piece = bytes(4096)
        try:
            while os.write(handle, piece):
                pass
        except OSError:
            pass
        finally:
            os.close(handle)

    def free(self) -> None:
        """Take the ballast away."""
        for folder in (self.folder, self.folder / "spool"):
            (folder / BALLAST).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of it."""
        if self.own:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


@dataclass
class Process:
    """One role's process, its log, and how to start it again."""

    arguments: Sequence[str]
    environment: dict[str, str]
    log: Path
    port: int = 0
    running: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Run it; what it was before is gone."""
        command = [sys.executable, "-m", "posthus", "run", *self.arguments]
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environment, stdout=output, stderr=output
            )

    def kill(self) -> None:
        """End it as a crash does, and start it again."""
        assert self.running is not None
        self.running.kill()
        self.running.wait()
        self.start()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
            try:
                self.running.wait(60)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()

    def answers(self) -> bool:
        """Whether an intake would take a delivery."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (HTTPError, OSError):
            return False


@dataclass
class Place:
    """Everything that can be hit."""

    server: EmbeddedPostgres
    disk: Disk
    addresses: list[Address]
    intakes: list[Process]
    workers: list[Process]
    log: Path

    def start_postgres(self) -> None:
        """Again and again, where what was killed has not gone yet."""
        deadline = monotonic() + SECONDS
        while True:
            try:
                self.server.start()
                return
            except EmbeddedPostgresError:
                if monotonic() > deadline:
                    raise
                sleep(0.2)

    def said(self) -> Counter[str]:
        """How often each log event was written by any process; `spooled` counts events stored from spools."""
        counts: Counter[str] = Counter()
        for line in self.log.read_bytes().splitlines():
            try:
                one = json.loads(line)
            except ValueError:  # the line that a killed process was writing
                continue
            counts[str(one.get("event"))] += 1
            if one.get("event") == "spool_stored":
                counts["spooled"] += int(one["events"])
        return counts


@contextmanager
def place(sources: int, disk_megabytes: int) -> Iterator[Place]:
    """Two intakes that share a small disk, two workers, and many sources in four workspaces."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="posthus-faults-")))
        folder.chmod(0o755)
        disk = Disk(folder / "disk", disk_megabytes)
        stack.callback(disk.close)
        server = EmbeddedPostgres(folder / "postgres", {"max_wal_size": "4GB", "shared_buffers": "256MB"})
        stack.callback(server.stop)
        server.start()
        server.create_database("posthus")
        migrate(server.url())
        with Database(server.url()) as database:
            addresses = _sources(database, sources)
            with database.transaction() as connection:
                connection.execute(LEDGER)
        here = Place(server, disk, addresses, *_processes(server.url(), disk, folder / "log"))
        for each in (*here.intakes, *here.workers):
            stack.callback(each.stop)
            each.start()
        deadline = monotonic() + SECONDS
        while not all(each.answers() for each in here.intakes):
            if monotonic() > deadline:
                raise TimeoutError(f"no intake came up: {here.log.read_text()[-500:]}")
            sleep(0.1)
        yield here


def _processes(url: str, disk: Disk, log: Path) -> tuple[list[Process], list[Process], Path]:
    environment = {
        "POSTHUS_DATABASE_URL": url,
        "POSTHUS_SECRET_KEY": KEY,
        "POSTHUS_LOG": "json",
        "POSTHUS_SPOOL_MB": str(disk.megabytes),
        "POSTHUS_SPOOL_FREE_MB": "0",
        "POSTHUS_DATA": str(disk.folder),
    }
    ports = [free_port() for _ in range(2)]
    intakes = [
        Process(("intake-http",), environment | {"POSTHUS_HTTP": f"127.0.0.1:{port}"}, log, port)
        for port in ports
    ]
    return intakes, [Process(("worker", "--stages", "file,link"), environment, log) for _ in range(2)], log


def _sources(database: Database, number: int) -> list[Address]:
    made = []
    with database.transaction() as connection:
        workspaces = [make_workspace(connection, f"Bench {place}") for place in range(1, 5)]
        for index in range(number):
            provider = PROVIDERS[index % len(PROVIDERS)]
            secret = PRESETS[provider].proof.new_secret()
            name = f"{provider} {index}"
            new = NewSource(workspaces[index % 4], "webhook", name, provider, secret=secret)
            added = add_source(connection, new, Keyring([KEY]))
            made.append(Address(provider, added.token or "", secret or ""))
    return made
