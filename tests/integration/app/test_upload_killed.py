"""A file of real mail goes up while the servers that take it are killed with -9, and is read while the readers are."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from posthus.api.members import create_key, ensure_workspace
from posthus.database.pool import Database
from tests.running import ROOT, free_port, wait_for

PIECE = 40_000


def start(database_url: str, folder: Path, *role: str, port: int = 0) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "POSTHUS_DATA": str(folder),
        "POSTHUS_DATABASE_URL": database_url,
        "POSTHUS_HTTP": f"127.0.0.1:{port}",
    }
    with (folder / "out").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "posthus", "run", *role],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )


class Sender:
    """Sends a file as the browser does: asks where to go on whenever it had no answer."""

    def __init__(self, url: str, key: str, whole: bytes) -> None:
        self.client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=20)
        self.whole = whole
        self.number = 0

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

    def state(self) -> dict[str, object]:
        return dict(self.client.get(f"/api/v1/imports/{self.number}").json())


@pytest.mark.slow
def test_a_file_arrives_whole_and_is_read_once_whoever_is_killed(
    database: Database, database_url: str, tmp_path: Path, shared_data: Path, wait_until: Callable[..., None]
) -> None:
    whole = (shared_data / "mail/lists/usrp-users-2020H1.mbox").read_bytes()
    with database.transaction() as connection:
        workspace_id, _ = ensure_workspace(connection, "Tagfirmaet")
        _, key = create_key(connection, workspace_id, "import", ["admin"])
    chance, port = random.Random(5), free_port()
    sender = Sender(f"http://127.0.0.1:{port}", key, whole)
    offset, kills = -1, 3
    while offset < len(whole):
        server = start(database_url, tmp_path, "api", port=port)
        wait_for(sender.answers)
        offset = sender.begin() if offset < 0 or kills else sender.send(offset)
        before = offset + chance.randrange(PIECE, len(whole) // 3) if kills else len(whole)
        while offset < min(before, len(whole)):
            offset = sender.send(offset)
        if kills:
            kills -= 1
            server.kill()
            server.wait()
    for _ in range(3):
        worker = start(database_url, tmp_path, "worker", "--stages", "file")
        read = int(str(sender.state()["read"]))
        wait_until(lambda read=read: sender.state()["read"] != read or sender.state()["state"] == "done")
        worker.kill()
        worker.wait()
        with database.transaction() as connection:  # the lease of the killed one has run out
            connection.execute("update posthus.mail_import set leased_until = now() where state = 'running'")
    worker = start(database_url, tmp_path, "worker", "--stages", "file")
    wait_until(lambda: sender.state()["state"] == "done")
    worker.terminate()
    assert worker.wait() == 0
    done = sender.state()
    assert (done["read"], done["new"], done["failed"]) == (872, 872 - int(str(done["duplicates"])), 0)
    with database.transaction() as connection:
        found = connection.execute("select count(*), count(distinct digest) from posthus.event").fetchone()
    assert found == (done["new"], done["new"])
    server.terminate()
    assert server.wait() == 0
    sender.client.close()
