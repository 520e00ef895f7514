"""A file of real mail goes up while the servers that take it are killed with -9, and is read while the readers are."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from posthus.api.members import create_key, ensure_workspace
from posthus.database.pool import Database
from tests.running import ROOT, free_port, wait_for

PIECE = 40_000
Wait = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True)
class Place:
    """One installation: roles are started and killed over its database."""

    database_url: str
    folder: Path
    port: int = field(default_factory=free_port)

    def start(self, *role: str) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "POSTHUS_DATA": str(self.folder),
            "POSTHUS_DATABASE_URL": self.database_url,
            "POSTHUS_HTTP": f"127.0.0.1:{self.port}",
        }
        command = [sys.executable, "-m", "posthus", "run", *role]
        with (self.folder / "out").open("ab") as output:
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)


class Sender:
    """Sends a file as the browser does: asks where to go on whenever it had no answer."""

    def __init__(self, url: str, key: str, whole: bytes) -> None:
        self.client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=20)
        self.whole = whole
        self.number = self.read = 0

    def answers(self) -> bool:
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def begin(self) -> int:
        new = {"source_name": "Gammel post", "name": "liste.mbox", "size": len(self.whole), "beginning": "a"}
        answer = self.client.post("/api/v1/imports", json=new).json()
        self.number = answer["id"]
        return int(answer["received"])

    def send(self, offset: int) -> int:
        answer = self.client.patch(
            f"/api/v1/imports/{self.number}/content",
            content=self.whole[offset : offset + PIECE],
            headers={"Upload-Offset": str(offset)},
        )
        assert answer.status_code in {200, 409}, answer.text
        return int(answer.headers["upload-offset"])

    def further(self) -> bool:
        """Whether more was read than the last time."""
        before, self.read = self.read, int(str(self.state()["read"]))
        return self.read > before or self.state()["state"] == "done"

    def state(self) -> dict[str, object]:
        return dict(self.client.get(f"/api/v1/imports/{self.number}").json())


def send_through_kills(place: Place, sender: Sender, kills: int) -> "subprocess.Popen[bytes]":
    """The last server, once the whole file is with it; those before were killed on the way."""
    chance, offset = random.Random(5), 0
    while True:
        server = place.start("api")
        wait_for(sender.answers)
        offset = sender.begin()
        end = offset + chance.randrange(PIECE, len(sender.whole) // 3) if kills else len(sender.whole)
        while offset < end:
            offset = sender.send(offset)
        if not kills:
            return server
        kills -= 1
        server.kill()
        server.wait()


def read_through_kills(place: Place, sender: Sender, database: Database, wait_until: Wait) -> None:
    for _ in range(2):
        worker = place.start("worker", "--stages", "file")
        wait_until(sender.further)
        worker.kill()
        worker.wait()
        with database.transaction() as connection:  # the lease of the killed one has run out
            connection.execute("update posthus.mail_import set leased_until = now() where state = 'running'")
    worker = place.start("worker", "--stages", "file")
    wait_until(lambda: sender.state()["state"] == "done")
    worker.terminate()
    assert worker.wait() == 0


@pytest.mark.slow
def test_a_file_arrives_whole_and_is_read_once_whoever_is_killed(
    database: Database, database_url: str, tmp_path: Path, shared_data: Path, wait_until: Wait
) -> None:
    whole = (shared_data / "mail/lists/usrp-users-2020H1.mbox").read_bytes()
    with database.transaction() as connection:
        workspace_id, _ = ensure_workspace(connection, "Tagfirmaet")
        _, key = create_key(connection, workspace_id, "import", ["admin"])
    place = Place(database_url, tmp_path)
    sender = Sender(f"http://127.0.0.1:{place.port}", key, whole)
    server = send_through_kills(place, sender, 2)
    read_through_kills(place, sender, database, wait_until)
    done = sender.state()
    assert (done["read"], done["new"], done["failed"]) == (872, 872 - int(str(done["duplicates"])), 0)
    with database.transaction() as connection:
        found = connection.execute("select count(*), count(distinct digest) from posthus.event").fetchone()
    assert found == (done["new"], done["new"])
    server.terminate()
    assert server.wait() == 0
    sender.client.close()
