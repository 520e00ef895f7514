"""Mailboxes of a real server (Debian's Dovecot) taken in for the first time, and the wait for a new mail, beside IMAPClient.

Taking in is durable: a message counts when it and the note of where it lies are committed. IMAPClient beside it fetches the
same bytes from the same mailboxes, with as many threads, and throws them away. The wait is that from the start of APPEND
by somebody else until a new mail stands in its conversation, with the filing worker running; for IMAPClient, until IDLE has told
of it and it is fetched.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, process_time, sleep

from bench.database import fresh_database, make_workspace
from bench.dovecot import PASSWORD, Dovecot, find_dovecot
from bench.import_runs import working
from posthus.database.pool import Database
from posthus.intake.imap_mailboxes import Access, Secret, add_mailbox
from posthus.intake.imap_service import ImapService, ImapSettings
from posthus.intake.mailboxes import find_mailboxes
from posthus.intake.secrets import Keyring, new_key
from posthus.jobs import WorkspaceId

LIST = Path(os.environ.get("POSTHUS_TEST_DATA", "../shared/data")) / "mail" / "lists" / "easy-ham-1"
MAILBOXES = (1, 4, 16)
MAILS = 2_400
AT_ONCE = 200  # messages a FETCH, as Posthus asks for
RUNS = int(os.environ.get("POSTHUS_BENCH_RUNS", "3"))
APPENDS = 20
KEYRING = Keyring((new_key(),))
SETTINGS = ImapSettings(turn_seconds=0.05)


def run() -> dict[str, object]:
    """Medians of RUNS; a message's delay is the median of APPENDS, and the worst."""
    if find_dovecot() is None or not LIST.is_dir():
        return {"skipped": f"needs Dovecot (Debian package dovecot-imapd) and {LIST}"}
    mails = [piece.raw for box in find_mailboxes(LIST) for piece in box.read(0) if piece.raw][:MAILS]
    result: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="imap-") as folder, fresh_database() as database:
        Path(folder).chmod(0o755)
        server = Dovecot(Path(folder, "dovecot"))
        try:
            for count in MAILBOXES:
                users = [f"{count}-{number}" for number in range(count)]
                for number, user in enumerate(users):
                    with server.client(user) as client:
                        client.multiappend("INBOX", mails[number::count])
                result |= _first_sync(server, database, users)
            result |= _delays(server, database, mails)
        finally:
            server.stop()
    return result


def _first_sync(server: Dovecot, database: Database, users: Sequence[str]) -> dict[str, object]:
    bare, taken = [], []
    for _ in range(RUNS):
        bare.append(_timed(lambda: _fetch_all(server, users)))
        taken.append(_taken_in(database, _workspace(server, database, users)))
    told: dict[str, object] = {}
    for who, found in (("IMAPClient", bare), ("Posthus", taken)):
        rates = sorted(MAILS / seconds for seconds, _ in found)
        name = f"{len(users)} mailbox(es): {who}"
        told[f"{name}: messages/s"] = median(rates)
        told[f"{name}: spread"] = f"{rates[0]:.0f} .. {rates[-1]:.0f}"
        told[f"{name}: ms of processor/message"] = median(1000 * spent / MAILS for _, spent in found)
    return told


def _taken_in(database: Database, workspace_id: WorkspaceId) -> tuple[float, float]:
    with _following(database):
        found = _timed(lambda: _until(lambda: _known(database, workspace_id) >= MAILS))
    _forget(database, workspace_id)
    return found


def _fetch_all(server: Dovecot, users: Sequence[str]) -> None:
    def fetch(user: str) -> int:
        with server.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            numbers = client.search()
            portions = [numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE)]
            return sum(len(client.fetch(portion, ["BODY.PEEK[]"])) for portion in portions)

    with ThreadPoolExecutor(len(users)) as threads:
        assert sum(threads.map(fetch, users)) == MAILS


def _workspace(server: Dovecot, database: Database, users: Sequence[str]) -> WorkspaceId:
    with database.transaction() as connection:
        workspace_id = make_workspace(connection)
        for user in users:
            access = Access("127.0.0.1", user, Secret(PASSWORD), server.port, "none")
            add_mailbox(connection, KEYRING, workspace_id, user, access)
    return workspace_id


def _delays(server: Dovecot, database: Database, mails: Sequence[bytes]) -> dict[str, object]:
    bare = [_delay_of_imapclient(server, mail) for mail in mails[:APPENDS]]
    workspace_id = _workspace(server, database, ["new"])
    delays = []
    with _following(database), working(database, 1), server.client("new") as client:
        for number, mail in enumerate(mails[:APPENDS]):
            _until(lambda: _idle(database, workspace_id))
            started = perf_counter()
            client.append("INBOX", mail)
            _until(partial(_linked_after, database, workspace_id, number))
            delays.append(perf_counter() - started)
    told = {"IMAPClient": bare, "Posthus": delays}
    return {
        f"a new mail, {who}: seconds, median and worst": f"{median(found):.2f} and {max(found):.2f}"
        for who, found in told.items()
    }


def _delay_of_imapclient(server: Dovecot, mail: bytes) -> float:
    with server.client("bare") as watching, server.client("bare") as writing:
        watching.select_folder("INBOX", readonly=True)
        watching.idle()
        started = perf_counter()
        writing.append("INBOX", mail)
        told: list[object] = []
        while not any(isinstance(one, tuple) and one[1:] == (b"EXISTS",) for one in told):
            told = watching.idle_check(30)
        watching.idle_done()
        watching.fetch([watching.search()[-1]], ["BODY.PEEK[]"])
        return perf_counter() - started


@contextmanager
def _following(database: Database) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=ImapService(database, KEYRING, SETTINGS).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _forget(database: Database, workspace_id: WorkspaceId) -> None:
    """Nobody follows these mailboxes any more."""
    query = "update posthus.source set enabled = false where workspace_id = %s"
    with database.transaction() as connection:
        connection.execute(query, (workspace_id,))


def _known(database: Database, workspace_id: WorkspaceId) -> int:
    return _count(
        database, b"select count(*) from posthus.mailbox_message where workspace_id = %s", workspace_id
    )


def _linked_after(database: Database, workspace_id: WorkspaceId, before: int) -> bool:
    query = b"select count(*) from posthus.conversation_message where workspace_id = %s"
    return _count(database, query, workspace_id) > before


def _idle(database: Database, workspace_id: WorkspaceId) -> bool:
    """Whether the mailbox has been looked through, so that its follower waits for news."""
    query = b"select count(*) from posthus.mailbox_folder where workspace_id = %s and caught_up_at is null"
    with database.transaction() as connection:
        [(folders,)] = connection.execute(
            "select count(*) from posthus.mailbox_folder where workspace_id = %s", (workspace_id,)
        ).fetchall()
    return bool(folders) and not _count(database, query, workspace_id)


def _count(database: Database, query: bytes, workspace_id: WorkspaceId) -> int:
    with database.transaction() as connection:
        [(count,)] = connection.execute(query, (workspace_id,)).fetchall()
    return int(count)


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    started, spent = perf_counter(), process_time()
    work()
    return perf_counter() - started, process_time() - spent


def _until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 120
    while not condition():
        if monotonic() > deadline:
            raise RuntimeError("it did not become so within two minutes")
        sleep(0.005)


if __name__ == "__main__":
    sys.stdout.write(f"{run()}\n")
