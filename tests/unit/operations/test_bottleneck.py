"""The sentence names the stage that everything waits for, in the reader's language."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.operations.bottleneck import Language, bottleneck
from posthus.operations.load import Load, Searches, load_of
from posthus.operations.status import RunningProcess, Sample, StageStatus, rates

EASY = Load({}, 0.2, 0, 0, 0, 0, 0.0)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def stage(name: str, backlog: int, drain: float | None, workers: int = 1) -> StageStatus:
    return StageStatus(name, 1.0, 2.0, backlog, 5.0, drain, workers, 0, 0)


def test_nothing_waiting_is_said_calmly() -> None:
    assert bottleneck([stage("file", 3, 1.0)], EASY, "en").startswith("Nothing waits")
    assert bottleneck([], EASY, "da").startswith("Intet venter")


def test_the_longest_wait_in_time_is_named_not_the_longest_queue() -> None:
    sentence = bottleneck([stage("file", 9000, 3.0), stage("embed", 500, 250.0)], EASY, "en")
    assert "indexing by meaning: 500 queued" in sentence
    assert "about 4 min. " in sentence


def test_a_stage_that_nobody_does_comes_first_and_says_so() -> None:
    sentence = bottleneck([stage("file", 50, None, workers=0), stage("embed", 500, 9000.0)], EASY, "en")
    assert "filing" in sentence
    assert "No worker does this stage" in sentence


def test_danish_is_danish() -> None:
    assert "Der ventes på sortering: 50 i kø" in bottleneck([stage("file", 50, 60.0)], EASY, "da")


def test_rates_are_differences_between_samples() -> None:
    samples = [Sample("file", NOON + timedelta(seconds=5 * n), 10 * n, 5 * n, 5 * n, 0.0) for n in range(3)]
    found = rates(samples)
    assert [(one.in_rate, one.out_rate) for one in found] == [(2.0, 1.0), (2.0, 1.0)]


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 9), st.integers(0, 99)), max_size=30))
def test_rates_are_never_negative(points: list[tuple[str, int, int]]) -> None:
    samples = [Sample(name, NOON + timedelta(seconds=at), count, count, 0, 0.0) for name, at, count in points]
    assert all(one.in_rate >= 0 and one.out_rate >= 0 for one in rates(samples))


def load(busy: float, processor: float | None, spooled: int = 0) -> Load:
    return Load({"file": busy, "embed": busy}, processor, 0, 0, spooled, 0, 0.0)


@pytest.mark.parametrize(
    ("given", "told", "says"),
    [
        (
            stage("file", 900, 90.0),
            load(0.98, 0.40),
            "one more (posthus up --workers N, or posthus run worker) does about 2.0",
        ),
        (stage("file", 900, 90.0), load(0.98, 0.97), "The processor is the limit (97%)"),
        (stage("file", 900, 90.0), load(0.10, 0.97), "busy only 10% of the time"),
        (stage("embed", 900, 90.0), load(0.98, 0.97), "a remote model"),
        (replace(stage("file", 9, None), retrying=900), load(0.98, 0.40), "Most of it has failed"),
        (stage("file", 900, None, workers=0), load(0.0, None), "No worker does this stage"),
        (stage("file", 900, 90.0), load(0.98, 0.40, spooled=17), "17 events are kept on disk"),
    ],
)
def test_the_sentence_names_the_resource(given: StageStatus, told: Load, says: str) -> None:
    assert says in bottleneck([given], told, "en")
    assert bottleneck([given], told, "da") != bottleneck([given], told, "en")


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_cause_has_its_words(language: Language) -> None:
    for busy in (0.1, 0.9):
        for processor in (None, 0.1, 0.9):
            for one in (stage("file", 90, 9.0), stage("embed", 90, None), stage("link", 90, 9.0, workers=0)):
                sentence = bottleneck([one], load(busy, processor), language)
                assert "{" not in sentence
                assert sentence.endswith(".")


def process(stages: list[str], **meters: float) -> RunningProcess:
    told = json.dumps({name.replace("__", "."): value for name, value in meters.items()})
    return RunningProcess("host", 1, "role", NOON, 0.5, 1, stages, told)


def test_reports_add_up() -> None:
    found = load_of(
        [
            process(["file", "link"], file__busy_seconds=5.0, host__processor=0.5, cache__hits=3),
            process(["file"], file__busy_seconds=2.0, host__processor=0.7, cache__hits=3, cache__misses=2),
            process([], remembered__kept=2, remembered__seconds_saved=0.5),
            process([], remembered__kept=1, remembered__new=4),
            process([], spool__events=4, spool__age_seconds=9.0),
        ]
    )
    assert found.busy == {"file": 0.7, "link": 0.0}
    assert (found.processor, found.cache_hit_ratio) == (0.7, 0.75)
    assert (found.spool_events, found.spool_seconds) == (4, 9.0)
    assert found.searches == Searches(new=4, kept=3, seconds_saved=0.5)
    assert load_of([]).cache_hit_ratio is None
