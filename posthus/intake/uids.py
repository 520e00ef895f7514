"""Sets of message numbers as a mailbox and the database write them."""

from collections.abc import Iterable, Iterator, Sequence


def ranges(uids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of every unbroken run, ascending."""
    first = last = None
    for uid in sorted(set(uids)):
        if last is not None and uid == last + 1:
            last = uid
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = uid
    if first is not None and last is not None:
        yield first, last


def sequence_set(uids: Iterable[int]) -> str:
    """As IMAP writes it, shortest: `1:4,7` (RFC 9051, 4.1.1)."""
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges(uids))


def multirange(uids: Iterable[int]) -> str:
    """As Postgres writes an int8multirange: `{[1,5),[7,8)}`."""
    return "{" + ",".join(f"[{first},{last + 1})" for first, last in ranges(uids)) + "}"


def as_multirange(sequence_set: bytes) -> str:
    """A sequence set as Postgres writes it, never spelled out; raises ValueError on anything else."""
    pieces = []
    for piece in sequence_set.split(b","):
        first, colon, last = piece.partition(b":")
        low, high = sorted((int(first), int(last) if colon else int(first)))
        pieces.append(f"[{low},{high + 1})")
    return "{" + ",".join(pieces) + "}"


def batches(sizes: Sequence[tuple[int, int]], most: int, most_bytes: int) -> Iterator[list[int]]:
    """Uids with their sizes in bytes, cut into batches that keep the order; a large one stands alone."""
    batch: list[int] = []
    weight = 0
    for uid, size in sizes:
        if batch and (len(batch) >= most or weight + size > most_bytes):
            yield batch
            batch, weight = [], 0
        batch.append(uid)
        weight += size
    if batch:
        yield batch
