"""Conversations beside the threads of notmuch and mu: how often the three agree, and why where they do not.

Each join that one of two programs makes and the other does not is counted once, with its reason. The lists' threads by
notmuch and mu come with the shared mail; the scenarios are run through notmuch where it is installed (mu's command line
does not tell its threads).
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from bench.database import fresh_database
from bench.import_runs import import_alone, new_source
from bench.importing import LISTS, prepare
from bench.scenario_mails import read_scenarios, scenario_mail
from bench.thread_differences import Known, Names, joins
from posthus.conversations.headers import ids_in
from posthus.conversations.mail import parse_mail
from posthus.conversations.subjects import normalise_subject
from posthus.database.pool import Database
from posthus.intake.mailboxes import find_mailboxes

THREADS = LISTS / "threads"
PROGRAMS = ("notmuch", "mu")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def run() -> dict[str, object]:
    """Counts for each list and program, and for each scenario who is right."""
    if not THREADS.is_dir():
        return {"skipped": f"needs {THREADS}"}
    result: dict[str, object] = {}
    for name in ("usrp-users-2020H1.mbox", "easy-ham-1"):
        result |= _list(name)
    return result | _scenarios()


def _list(name: str) -> dict[str, object]:
    with fresh_database() as database:
        import_alone(database, new_source(database), LISTS / name)
        conversations, threads = _placed(database, "conversation_id"), _placed(database, "thread_id")
    told: dict[str, object] = {}
    reference = json.loads((THREADS / f"{name.removesuffix('.mbox')}.json").read_bytes())
    raws = [piece.raw for box in find_mailboxes(LISTS / name) for piece in box.read(0) if piece.raw]
    for program in PROGRAMS:
        theirs: Names = reference[program]
        mails = [one for raw in raws if (one := _known(raw, threads)).message_id in theirs]
        ours = {mail.message_id: conversations[mail.message_id] for mail in mails}
        same = len(_sets(ours) & _sets({one: theirs[one] for one in ours}))
        title = f"{name}: {program}"
        told[f"{title}: threads, ours, the same in both"] = (
            f"{len(_sets({one: theirs[one] for one in ours}))}, {len(_sets(ours))}, {same}"
        )
        for who, counted in (
            ("joined there, not here", joins(mails, theirs, ours, theirs=True)),
            ("joined here, not there", joins(mails, ours, theirs, theirs=False)),
        ):
            for reason, count in counted.most_common():
                told[f"{title}: {who}: {reason}"] = count
    return told


def _placed(database: Database, column: str) -> dict[str, int]:
    """Where each message is, by its Message-ID."""
    queries = {
        "conversation_id": b"select m.message_id, p.conversation_id from posthus.conversation_message p"
        b" join posthus.message m on m.id = p.message_id",
        "thread_id": b"select m.message_id, coalesce(p.thread_id, p.conversation_id)"
        b" from posthus.conversation_message p join posthus.message m on m.id = p.message_id",
    }
    with database.transaction() as connection:
        return dict(connection.execute(queries[column]).fetchall())


def _known(raw: bytes, threads: dict[str, int]) -> Known:
    mail, fields = parse_mail(raw), message_from_bytes(raw)
    named = [
        one
        for field in ("In-Reply-To", "References")
        for value in fields.get_all(field, [])
        for one in ids_in(str(value).encode("utf-8", "surrogateescape"))
    ]
    ids = frozenset(mail.reference_ids)
    return Known(
        message_id=mail.message_id,
        ids=ids,
        addresses=frozenset(named) - ids,
        subject=normalise_subject(mail.subject),
        is_reply=mail.is_reply,
        sent_at=mail.date or LONG_AGO,
        thread=threads.get(mail.message_id, 0),
    )


def _sets(names: Names) -> set[frozenset[str]]:
    groups: dict[object, set[str]] = {}
    for message, group in names.items():
        groups.setdefault(group, set()).add(message)
    return {frozenset(group) for group in groups.values()}


def _scenarios() -> dict[str, object]:
    """Of each scenario who puts it right."""
    told: dict[str, object] = {}
    scenarios = read_scenarios(THREADS)
    with fresh_database() as database:
        for one in scenarios:
            messages = one.numbered(_next_number(database))
            start = one.begin()
            mails = [scenario_mail(message, start) for message in messages]
            with _folder(mails) as folder:
                found = {"Posthus": _ours(database, folder)}
                if shutil.which("notmuch"):
                    found["notmuch"] = _notmuch(folder)
            right = [who for who, partition in found.items() if partition == one.expected]
            told[f"scenario {one.name}: right"] = ", ".join(right) or "nobody"
    return told


def _next_number(database: Database) -> int:
    """Of a conversation."""
    query = "select last_value + is_called::int from posthus.conversation_id_seq"
    with database.transaction() as connection:
        [(number,)] = connection.execute(query).fetchall()
    return int(number)


@contextmanager
def _folder(mails: list[bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        current = Path(folder, "mail", "cur")
        current.mkdir(parents=True)
        for number, mail in enumerate(mails):
            (current / f"{number}:2,S").write_bytes(mail)
        yield Path(folder)


def _ours(database: Database, folder: Path) -> set[frozenset[str]]:
    source = new_source(database)
    for mail in sorted(Path(folder, "mail", "cur").iterdir()):
        import_alone(database, source, mail)
    query = (
        "select m.message_id, p.conversation_id::text from posthus.conversation_message p"
        " join posthus.message m on m.id = p.message_id where m.source_id = %s"
    )
    with database.transaction() as connection:
        return _sets(dict(connection.execute(query, (source,)).fetchall()))


def _notmuch(folder: Path) -> set[frozenset[str]]:
    environment = prepare("notmuch", folder)()

    def ask(output: str, query: str) -> list[str]:
        asked = ["notmuch", "search", f"--output={output}", query]
        return subprocess.run(
            asked, env=environment, check=True, capture_output=True, text=True
        ).stdout.split()

    return {
        frozenset(message.removeprefix("id:") for message in ask("messages", thread))
        for thread in ask("threads", "*")
    }


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
