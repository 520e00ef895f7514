"""Import against `notmuch new` on the same files in the same run: read, store, file and link, no embedding."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench.database import fresh_database
from posthus.app.stages import make_stages
from posthus.intake.importer import import_paths
from posthus.intake.sources import NewSource, add_source
from posthus.jobs import SourceId, WorkspaceId
from posthus.queue.worker import drain

LISTS = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail" / "lists"


def run() -> dict[str, object]:
    """Messages a second on the shared lists, medians of three for notmuch and for Posthus."""
    if not LISTS.is_dir():
        return {"skipped": f"needs {LISTS}"}
    result: dict[str, object] = {}
    for name in ("easy-ham-1", "usrp-users-2020H1.mbox"):
        ours = sorted(_posthus(LISTS / name) for _ in range(3))
        theirs = sorted(_notmuch(LISTS / name) for _ in range(3)) if shutil.which("notmuch") else []
        result[f"{name}: messages/s, Posthus (median of 3)"] = ours[1]
        result[f"{name}: spread"] = f"{ours[0]:.0f} .. {ours[2]:.0f}"
        if theirs:
            result[f"{name}: messages/s, notmuch new (median of 3)"] = theirs[1]
            result[f"{name}: ratio (aim >= 1.0)"] = ours[1] / theirs[1]
    return result


def _posthus(path: Path) -> float:
    with fresh_database() as database:
        with database.transaction() as connection:
            found = connection.execute(
                "insert into posthus.workspace (name) values ('Bench') returning id"
            ).fetchone()
            workspace = WorkspaceId(found[0] if found else 0)
            source = add_source(connection, NewSource(workspace, "import", "Old mail")).id
        started = perf_counter()
        result = import_paths(database, SourceId(source), [path], lambda _: None)
        drain(database, [stage for stage in make_stages(None) if stage.name in ("file", "link")])
        return result.read / (perf_counter() - started)


def _notmuch(path: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="notmuch-bench-") as folder:
        mail = Path(folder) / "mail" / "cur"
        mail.mkdir(parents=True)
        count = _split(path, mail)
        config = Path(folder) / "config"
        config.write_text(
            f"[database]\npath={folder}/mail\n[user]\nname=x\nprimary_email=x@example.com\n[new]\ntags=\n"
        )
        environment = {**os.environ, "NOTMUCH_CONFIG": str(config)}
        started = perf_counter()
        subprocess.run(["notmuch", "new", "--quiet"], env=environment, check=True, stdout=subprocess.DEVNULL)
        return count / (perf_counter() - started)


def _split(path: Path, folder: Path) -> int:
    """Notmuch reads one message a file; splitting is not part of what is timed."""
    if path.is_dir():
        files = [one for one in sorted(path.iterdir()) if one.is_file()]
        for one in files:
            shutil.copy(one, folder / one.name)
        return len(files)
    parts = (b"\n" + path.read_bytes()).split(b"\nFrom ")[1:]
    for index, part in enumerate(parts):
        (folder / f"{index:06}").write_bytes(part.split(b"\n", 1)[1])
    return len(parts)


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
