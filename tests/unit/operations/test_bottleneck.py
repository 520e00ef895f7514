"""The sentence names the stage that everything waits for, in the reader's language."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from posthus.operations.bottleneck import bottleneck
from posthus.operations.status import Sample, StageStatus, rates

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def stage(name: str, backlog: int, drain: float | None, workers: int = 1) -> StageStatus:
    return StageStatus(name, 1.0, 2.0, backlog, 5.0, drain, workers, 0, 0)


def test_nothing_waiting_is_said_calmly() -> None:
    assert bottleneck([stage("file", 3, 1.0)], "en").startswith("Nothing waits")
    assert bottleneck([], "da").startswith("Intet venter")


def test_the_longest_wait_in_time_is_named_not_the_longest_queue() -> None:
    sentence = bottleneck([stage("file", 9000, 3.0), stage("embed", 500, 250.0)], "en")
    assert "indexing by meaning: 500 queued" in sentence
    assert "about 4 min. " in sentence


def test_a_stage_that_nobody_does_comes_first_and_says_so() -> None:
    sentence = bottleneck([stage("file", 50, None, workers=0), stage("embed", 500, 9000.0)], "en")
    assert "filing" in sentence
    assert "No worker does this stage" in sentence


def test_danish_is_danish() -> None:
    assert "Der ventes på sortering: 50 i kø" in bottleneck([stage("file", 50, 60.0)], "da")


def test_rates_are_differences_between_samples() -> None:
    samples = [Sample("file", NOON + timedelta(seconds=5 * n), 10 * n, 5 * n, 5 * n, 0.0) for n in range(3)]
    found = rates(samples)
    assert [(one.in_rate, one.out_rate) for one in found] == [(2.0, 1.0), (2.0, 1.0)]


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 9), st.integers(0, 99)), max_size=30))
def test_rates_are_never_negative(points: list[tuple[str, int, int]]) -> None:
    samples = [Sample(name, NOON + timedelta(seconds=at), count, count, 0, 0.0) for name, at, count in points]
    assert all(one.in_rate >= 0 and one.out_rate >= 0 for one in rates(samples))
