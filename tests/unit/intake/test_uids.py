"""Sets of message numbers say the same in every writing."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from posthus.intake.uids import as_multirange, batches, multirange, ranges, sequence_set

UIDS = st.lists(st.integers(1, 2**32 - 1)) | st.lists(st.integers(1, 40))


def spelled(text: str) -> list[int]:
    return [
        uid
        for piece in text.split(",")
        if piece
        for uid in range(int(piece.split(":")[0]), int(piece.split(":")[-1]) + 1)
    ]


@given(UIDS)
def test_a_sequence_set_holds_the_same_numbers(uids: list[int]) -> None:
    assert spelled(sequence_set(uids)) == sorted(set(uids))


@given(UIDS)
def test_runs_are_as_long_as_they_can_be(uids: list[int]) -> None:
    found = list(ranges(uids))
    assert all(first <= last for first, last in found)
    assert all(before + 1 < after for (_, before), (after, _) in pairwise(found))


@given(UIDS)
def test_a_sequence_set_is_the_same_multirange(uids: list[int]) -> None:
    if uids:
        assert as_multirange(sequence_set(uids).encode()) == multirange(uids)
    else:
        assert multirange(uids) == "{}"


def test_a_server_that_names_everything_costs_nothing() -> None:
    assert as_multirange(b"4294967295:1") == "{[1,4294967296)}"


@given(
    st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 50)), unique_by=lambda each: each[0]),
    st.integers(1, 7),
    st.integers(1, 100),
)
def test_batches_keep_the_order_and_the_limits(sizes: list[tuple[int, int]], most: int, weight: int) -> None:
    found = list(batches(sizes, most, weight))
    assert [uid for batch in found for uid in batch] == [uid for uid, _ in sizes]
    known = dict(sizes)
    assert all(0 < len(batch) <= most for batch in found)
    assert all(len(batch) == 1 or sum(known[uid] for uid in batch) <= weight for batch in found)
