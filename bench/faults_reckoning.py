"""What became of every delivery: filed exactly once, none lost, in order where order is promised."""

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from time import monotonic, sleep

import psycopg
import zstandard

from bench.faults_senders import NUMBER
from posthus.database.pool import Database
from posthus.queue.reading import pending

STAGES = ("file", "link")
_SINGLE = """
select count(*), count(distinct event_id), count(cm.message_id),
  (select count(*) from posthus.log where topic = 'received'), (select count(*) from posthus.log where topic = 'filed'),
  (select count(*) from posthus.buried), (select count(*) from public.effect)
from posthus.message m left join posthus.conversation_message cm on cm.message_id = m.id
"""
_ORDER = """
select l.part, e.place, e.transaction::text::bigint from posthus.log l
join public.effect e on e.subject = l.subject and e.stage = %(stage)s
where l.topic = %(topic)s order by l.part, l.id
"""


def waiting(url: str) -> int | None:
    """How much is still to be filed and linked; None while the database does not say."""
    try:
        with Database(url, connections=1) as database, database.transaction() as connection:
            return pending(connection, STAGES)
    except psycopg.Error:
        return None


def wait_until_filed(url: str, seconds: float) -> None:
    """Return once nothing waits; raises TimeoutError."""
    deadline = monotonic() + seconds
    while waiting(url) != 0:
        if monotonic() > deadline:
            raise TimeoutError(f"{waiting(url)} items still wait after {seconds:.0f} s")
        sleep(0.2)


def wrongs(url: str, answered: Mapping[int, set[str]]) -> list[str]:
    """Every broken promise as a sentence; none where all were kept."""
    with Database(url, connections=1) as database, database.transaction() as connection:
        stored, ids = _stored(connection)
        counts = connection.execute(_SINGLE).fetchone()
        moved = [_out_of_order(connection, stage) for stage in (("file", "received"), ("link", "filed"))]
    assert counts is not None
    messages, events, linked, received, filed, buried, effects = counts
    lost = [number for number in answered if number not in stored]
    doubled = [number for number, times in stored.items() if times > 1]
    checks = {
        f"{len(lost)} answered deliveries are lost, such as {lost[:3]}": not lost,
        f"{len(doubled)} deliveries are stored more than once, such as {doubled[:3]}": not doubled,
        f"{received} jobs for {len(ids)} events": received == len(ids),
        f"{messages} messages of {events} events, of {len(ids)} stored": messages == events == len(ids),
        f"{filed} jobs to link {messages} messages": filed == messages,
        f"{linked} of {messages} messages are in a conversation": linked == messages,
        f"{effects} effects of {received} and {filed} jobs": effects == received + filed,
        f"{buried} items are buried": buried == 0,
        f"{moved[0]} events were filed out of order": moved[0] == 0,
        f"{moved[1]} messages were linked out of order": moved[1] == 0,
    }
    return [sentence for sentence, kept in checks.items() if not kept]


def _stored(connection: psycopg.Connection) -> tuple[Counter[int], set[str]]:
    """How often each number is stored, and the ids of all events."""
    unpack = zstandard.ZstdDecompressor().decompress
    stored: Counter[int] = Counter()
    ids = set()
    with connection.cursor("events") as cursor:
        for event_id, codec, body in cursor.execute("select id, codec, body from posthus.event"):
            found = NUMBER.search(unpack(body) if codec == 1 else bytes(body))
            stored[int(found[1]) if found else -1] += 1
            ids.add(str(event_id))
    return stored, ids


def _out_of_order(connection: psycopg.Connection, which: tuple[str, str]) -> int:
    """How many effects of a part came before one of an earlier job, or in a transaction that was not in one piece."""
    stage, topic = which
    wrong = 0
    rows = connection.execute(_ORDER, {"stage": stage, "topic": topic}).fetchall()
    for _, of_part in groupby(rows, key=lambda row: row[0]):
        latest, ended = 0, set()
        for transaction, together in groupby(of_part, key=lambda row: row[2]):
            places = [place for _, place, _ in together]
            wrong += sum(place < latest for place in places) + (transaction in ended)
            latest = max(latest, *places)
            ended.add(transaction)
    return wrong
