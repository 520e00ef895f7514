"""Object stores that tests may use: a folder, and a server that speaks S3."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from posthus.originals.bucket import Bucket
from posthus.originals.objects import Folder, Objects
from tests.running import free_port


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3-compatible server."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [
        sys.executable,
        "-c",
        f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        transport = httpx.HTTPTransport(retries=12)  # waits longer each time, until it listens
        with httpx.Client(transport=transport, trust_env=False) as client:
            client.get(f"{address}/moto-api/").raise_for_status()
        yield address
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, reached as S3's own tools reach it."""
    name = f"posthus-{uuid4().hex[:12]}"
    httpx.put(f"{s3_server}/{name}", trust_env=False).raise_for_status()
    for setting, value in (
        ("AWS_ENDPOINT_URL", s3_server),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("AWS_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(setting, value)
    return Bucket(name, "files", s3_server)


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """Each kind of store."""
    if request.param == "folder":
        return Folder(tmp_path / "store")
    found: Bucket = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder that nothing lies in yet."""
    return Folder(tmp_path / "store")


Lying = Callable[[Folder], set[str]]


@pytest.fixture
def lying() -> Lying:
    """The names of all files of a folder, finished or not."""
    return lambda folder: {
        str(one.relative_to(folder.root)) for one in folder.root.rglob("*") if one.is_file()
    }
