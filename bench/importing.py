"""Import against `notmuch new` and `mu index` on the same files in the same run: store, file and link, no embedding.

Beside the rates stands the processor time of all processes concerned, Postgres included: it tells the same on a
machine that has other things to do.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.database import fresh_database
from bench.import_runs import Measured, import_alone, import_beside, new_source

LISTS = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail" / "lists"
RUNS = int(os.environ.get("POSTHUS_BENCH_RUNS", "3"))


def run() -> dict[str, object]:
    """Medians of RUNS, for two lists."""
    if not LISTS.is_dir():
        return {"skipped": f"needs {LISTS}"}
    result: dict[str, object] = {}
    for name in ("easy-ham-1", "usrp-users-2020H1.mbox"):
        path = LISTS / name
        found: dict[str, list[Measured]] = {}
        for _ in range(RUNS):
            for program in ("notmuch", "mu"):
                if shutil.which(program):
                    found.setdefault(program, []).append(_indexed(program, path))
            found.setdefault("Posthus, all in one thread", []).append(_one_thread(path))
            for workers in (1, 2):
                found.setdefault(f"Posthus, {workers} worker(s)", []).append(_workers(path, workers))
        result |= _told(name, found)
    return result


def _told(name: str, found: dict[str, list[Measured]]) -> dict[str, object]:
    told: dict[str, object] = {}
    rates = {who: sorted(one.rate for one in measured) for who, measured in found.items()}
    for who, measured in found.items():
        told[f"{name}: {who}: messages/s"] = median(rates[who])
        told[f"{name}: {who}: spread"] = f"{rates[who][0]:.0f} .. {rates[who][-1]:.0f}"
        told[f"{name}: {who}: ms of processor/message"] = median(one.cpu for one in measured)
        told[f"{name}: {who}: bytes/message on disk"] = measured[0].kept
    for workers, program, aim in ((1, "mu", 1.0), (1, "notmuch", 1.0), (2, "notmuch", 2.0)):
        if program in rates:
            ratio = median(rates[f"Posthus, {workers} worker(s)"]) / median(rates[program])
            told[f"{name}: {workers} worker(s) / {program} (aim >= {aim})"] = ratio
    return told


def _one_thread(path: Path) -> Measured:
    with fresh_database() as database:
        return import_alone(database, new_source(database), path)


def _workers(path: Path, workers: int) -> Measured:
    with fresh_database() as database:
        return import_beside(database, new_source(database), path, workers)


def _indexed(program: str, path: Path) -> Measured:
    with tempfile.TemporaryDirectory(prefix="mail-bench-") as folder:
        mail = Path(folder) / "mail" / "cur"
        mail.mkdir(parents=True)
        count = _split(path, mail)
        index_mail = prepare(program, Path(folder))
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        index_mail()
        rate = count / (perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        index = Path(folder, "mail/.notmuch" if program == "notmuch" else "mu")
        # Both index files that they do not keep: the mail itself counts as well.
        kept = sum(one.stat().st_size for root in (index, mail) for one in root.rglob("*") if one.is_file())
        return Measured(rate, 1000 * cpu / count, kept / count)


def prepare(program: str, folder: Path) -> Callable[[], Mapping[str, str]]:
    """Make everything ready for notmuch or mu over `folder`/mail; what it answers indexes, and tells the environment."""
    environment = {**os.environ, "NOTMUCH_CONFIG": f"{folder}/config"}
    Path(folder, "config").write_text(
        f"[database]\npath={folder}/mail\n[user]\nname=x\nprimary_email=x@example.com\n[new]\ntags=\n"
    )
    home = f"--muhome={folder}/mu"
    if program == "mu":
        begin = ["mu", "init", home, f"--maildir={folder}/mail"]
        subprocess.run(begin, check=True, stdout=subprocess.DEVNULL)
    command = ["notmuch", "new", "--quiet"] if program == "notmuch" else ["mu", "index", "--quiet", home]

    def index_mail() -> Mapping[str, str]:
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        return environment

    return index_mail


def _split(path: Path, folder: Path) -> int:
    """They read one message a file; splitting is not part of what is timed."""
    if path.is_dir():
        files = [one for one in sorted(path.iterdir()) if one.is_file()]
        for one in files:
            shutil.copy(one, folder / f"{one.name}:2,S")
        return len(files)
    parts = (b"\n" + path.read_bytes()).split(b"\nFrom ")[1:]
    for index, part in enumerate(parts):
        (folder / f"{index:06}:2,S").write_bytes(part.split(b"\n", 1)[1])
    return len(parts)


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
