"""Dictionaries: what mails have in common, learnt from them without learning anybody's secrets.

A dictionary outlives every mail that it was made from. So it is made of sequences of words alone that stood in mails
from at least five domains: header lines, greetings, markup; no name, number or sentence that only few wrote.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from time import monotonic

import zstandard
from psycopg import Connection

from posthus.database.queries import load
from posthus.originals.cutting import cut
from posthus.originals.packing import (
    CUT,
    LARGEST,
    Dictionary,
    Opened,
    Packer,
    decompressor,
    look_into,
    unpack,
)
from posthus.telemetry import log

SQL = load(__file__, "dictionaries.sql")
SIZE = 112_640  # bytes, as zstd suggests
SENDERS = 5  # domains that must have written a sequence
SEQUENCE = 5  # words and what is between them
ENOUGH = 1_000  # mails, before one is made
AGAIN = 10  # times as many, before the next one
SAMPLE = 1_500
LOOKED_AT = 16_000  # bytes of each
PAUSE = 60.0  # seconds between looks for a newer one
WORD = re.compile(rb"\w+|\W+")
SENDER = re.compile(
    rb"^(from|reply-to):[^\r\n]*(?:\r?\n[ \t][^\r\n]*)?@([\w.-]{1,200})", re.IGNORECASE | re.MULTILINE
)


class OriginalDamagedError(Exception):
    """An original cannot be put together again; what is missing is the message."""


def unpack_rests(connection: Connection, cut_mails: Mapping[int, Opened]) -> dict[int, bytes]:
    """What is left of mails whose files were cut out, by the same keys; raises OriginalDamagedError."""
    named = {one.dictionary for one in cut_mails.values() if one.dictionary is not None}
    found = _dictionaries(connection, named) if named else {}
    lost = named - found.keys()
    if lost:
        raise OriginalDamagedError(f"dictionary {min(lost)} is gone")
    openers = {None: decompressor(None)} | {number: decompressor(one) for number, one in found.items()}
    return {
        key: openers[one.dictionary].decompress(one.rest, max_output_size=LARGEST)
        for key, one in cut_mails.items()
    }


def _dictionaries(connection: Connection, numbers: Collection[int]) -> dict[int, Dictionary]:
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(SQL["dictionaries"], {"numbers": sorted(numbers)}).fetchall()
    return {number: Dictionary(number, content) for number, content in found}


class Packing:
    """Packs with the newest dictionary; for one thread."""

    def __init__(self) -> None:
        self._packer = Packer()
        self._known = 0
        self._look_at = 0.0

    def packer(self, connection: Connection) -> Packer:
        """What to pack with now; looks for a newer dictionary once a minute."""
        if monotonic() >= self._look_at:
            self._look_at = monotonic() + PAUSE
            with connection.cursor(binary=True) as cursor:
                found = cursor.execute(SQL["newest_dictionary"], {"known": self._known}).fetchone()
            if found is not None:
                self._known = int(found[0])
                self._packer = Packer(Dictionary(*found))
        return self._packer


def learn_dictionary(connection: Connection, enough: int = ENOUGH) -> bool:
    """Make a dictionary where there are enough mails for the first one, or ten times as many as for the last."""
    counts = connection.execute(SQL["begin_learning"]).fetchone()
    if counts is None:
        return False
    originals, learnt_from = counts
    if originals < max(enough, AGAIN * learnt_from):
        return False
    content = make_dictionary(_sample(connection, originals))
    connection.execute(SQL["add_dictionary"], {"content": content, "mails": originals})
    log("dictionary_learnt", originals=originals, size=len(content))
    return True


def make_dictionary(mails: Sequence[bytes]) -> bytes:
    """What the mails have in common, as zstd wants it; empty where that is too little."""
    texts = [(_senders(mail), WORD.findall(mail[:LOOKED_AT])) for mail in mails]
    written: dict[int, set[bytes]] = {}
    for senders, words in texts:
        for sequence in set(_sequences(words)):
            known = written.setdefault(sequence, set())
            if len(known) < SENDERS:
                known |= senders
    common = {sequence for sequence, senders in written.items() if len(senders) >= SENDERS}
    samples: list[bytes | bytearray | memoryview] = [
        sample for _, words in texts if len(sample := _common(words, common)) >= 8
    ]
    try:
        return zstandard.train_dictionary(SIZE, samples).as_bytes()
    except zstandard.ZstdError:  # too few samples, or too short ones
        return b""


def _senders(mail: bytes) -> set[bytes]:
    """The domain that a mail is from, of Reply-To where lists rewrite From: one at most, so that nobody counts twice."""
    found = {field[1].lower(): field[2].lower() for field in SENDER.finditer(mail[:LOOKED_AT])}
    domain = found.get(b"reply-to") or found.get(b"from")
    return {domain} if domain else set()


def _sequences(words: Sequence[bytes]) -> Iterator[int]:
    """Every sequence of SEQUENCE words, by its hash."""
    return (hash(tuple(words[start : start + SEQUENCE])) for start in range(len(words) - SEQUENCE + 1))


def _common(words: Sequence[bytes], common: Collection[int]) -> bytes:
    """A mail without what only few wrote."""
    kept = bytearray(len(words))
    for start, sequence in enumerate(_sequences(words)):
        if sequence in common:
            kept[start : start + SEQUENCE] = b"\1" * SEQUENCE
    return b"".join(word for word, keep in zip(words, kept, strict=True) if keep)


def _sample(connection: Connection, originals: int) -> list[bytes]:
    percent = min(100.0, 200.0 * SAMPLE / originals)
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(SQL["sample"], {"percent": percent, "limit": SAMPLE}).fetchall()
    rests = unpack_rests(
        connection, {index: look_into(body) for index, (codec, body) in enumerate(found) if codec == CUT}
    )
    return [
        rests[index] if codec == CUT else cut(unpack(codec, body)).rest
        for index, (codec, body) in enumerate(found)
    ]
