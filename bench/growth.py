"""Whether importing stays as quick while a workspace grows from 10,000 to 200,000 messages.

Real messages are multiplied: every copy has ids, subjects and senders of its own, so conversations, contacts and
companies grow with the messages. Each step imports as many new messages as the first, beside one worker.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.database import fresh_database
from bench.import_runs import import_beside, new_source, size_of
from bench.importing import LISTS
from posthus.intake.mailboxes import find_mailboxes

MOST = int(os.environ.get("POSTHUS_BENCH_GROWTH", "200000"))
STEP = 10_000
ID = re.compile(rb"(<[^<>@\s]{1,300})@")
NAMES_IDS = re.compile(
    rb"^(?:message-id|references|in-reply-to):.*(?:\r?\n[ \t].*)*", re.IGNORECASE | re.MULTILINE
)
SUBJECT = re.compile(rb"^(subject:[^\r\n]*)", re.IGNORECASE | re.MULTILINE)
SENDER = re.compile(rb"^(from:[^\r\n]*@)", re.IGNORECASE | re.MULTILINE)


def run() -> dict[str, object]:
    """Milliseconds of processor time a message, by how many are there already."""
    if not LISTS.is_dir():
        return {"skipped": f"needs {LISTS}"}
    result: dict[str, object] = {}
    steps = []
    with fresh_database() as database, tempfile.TemporaryDirectory(prefix="growth-") as folder:
        source, empty = new_source(database), size_of(database)
        mails = _multiplied()
        for there in range(0, MOST, STEP):
            path = Path(folder) / f"{there}"
            path.mkdir()
            for number in range(STEP):
                (path / f"{number:05}.eml").write_bytes(next(mails))
            measured = import_beside(database, source, path, 1)
            shutil.rmtree(path)
            steps.append(measured)
            print(
                f"  {there + STEP:>9,} messages: {measured.cpu:.2f} ms, {measured.rate:.0f}/s",
                file=sys.stderr,
            )
            result[f"{there + STEP:,} messages: ms of processor for each of the last {STEP:,}"] = measured.cpu
        result["bytes/message on disk at the end"] = (size_of(database) - empty) / MOST
    fifth = max(1, len(steps) // 5)
    ends = [median(one.cpu for one in part) for part in (steps[:fifth], steps[-fifth:])]
    return result | {"the last fifth / the first fifth (aim 1.0)": ends[1] / ends[0]}


def _multiplied() -> Iterator[bytes]:
    """Real messages over and over, each time as other ones."""
    mailboxes = [
        mailbox
        for name in sorted(LISTS.iterdir())
        if name.name != "threads"
        for mailbox in find_mailboxes(name)
    ]
    mails = [piece.raw for mailbox in mailboxes for piece in mailbox.read(0) if piece.raw]
    copy = 0
    while True:
        yield from (_as_another(raw, copy) for raw in mails)
        copy += 1


def _as_another(raw: bytes, copy: int) -> bytes:
    head, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    mark = str(copy).encode()
    head = NAMES_IDS.sub(lambda found: ID.sub(rb"\1." + mark + b"@", found[0]), head)
    head = SUBJECT.sub(rb"\1 (" + mark + b")", head)
    head = SENDER.sub(rb"\1c" + mark + b".", head)
    return head + gap + body


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
