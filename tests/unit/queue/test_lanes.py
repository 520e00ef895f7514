"""Parts never change, every part gets its turn, and a burst is told from usual traffic."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.jobs import (
    EmbedMessage,
    EventId,
    FileEvent,
    Job,
    Lane,
    LinkMessage,
    MessageId,
    SourceId,
    WorkspaceId,
)
from posthus.queue.lanes import (
    BULK_PARTS,
    FIRST_AGAIN,
    LIVE_PARTS,
    PARTS,
    Bursts,
    Round,
    again_part_of,
    lane_of,
    part_of,
)

lanes: st.SearchStrategy[Lane] = st.sampled_from(("live", "bulk"))
numbers = st.integers(1, 2**40)


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    workspace, source, subject = draw(numbers), draw(numbers), draw(st.uuids())
    lane = draw(lanes)
    kind = draw(st.sampled_from(["file", "link", "embed"]))
    if kind == "file":
        return FileEvent(WorkspaceId(workspace), SourceId(source), EventId(subject), lane)
    made = LinkMessage if kind == "link" else EmbedMessage
    return made(WorkspaceId(workspace), SourceId(source), MessageId(subject), lane)


@given(jobs())
def test_a_job_is_in_a_part_of_its_lane(job: Job) -> None:
    assert lane_of(part_of(job)) == job.lane
    assert part_of(job) < FIRST_AGAIN <= again_part_of(job) < PARTS
    assert lane_of(again_part_of(job)) == "bulk"


def test_rows_that_are_in_the_log_keep_their_part() -> None:
    subject = UUID("01890000-0000-7000-8000-0000000000a7")
    event = FileEvent(WorkspaceId(3), SourceId(21), EventId(subject))
    assert part_of(event) == 7
    assert part_of(FileEvent(WorkspaceId(3), SourceId(21), EventId(subject), "bulk")) == 16 + 7 * 16 + 5
    assert part_of(LinkMessage(WorkspaceId(3), SourceId(21), MessageId(subject))) == 3
    assert part_of(LinkMessage(WorkspaceId(3), SourceId(21), MessageId(subject), "bulk")) == 19
    assert again_part_of(event) == 144 + 7


@given(
    st.sets(st.integers(0, PARTS - 1), min_size=1, max_size=40),
    st.integers(2, 9),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_every_part_with_work_is_served_within_its_lanes_round(
    waiting: set[int], bulk_every: int, live_batch: int, bulk_batch: int
) -> None:
    """Whatever the mixture and however large the batches: bulk work has its share, and no part is passed over."""
    turns = Round(bulk_every)
    served: list[int] = []
    done = {"live": 0, "bulk": 0}
    both = {lane_of(part) for part in waiting} == {"live", "bulk"}
    for _ in range(3000):
        part = next(part for part in turns.next() if part in waiting)
        items = live_batch if lane_of(part) == "live" else bulk_batch
        turns.given(part, items)
        served.append(part)
        done[lane_of(part)] += items
        if both:
            assert done["bulk"] * (bulk_every - 1) <= done["live"] + bulk_batch * bulk_every
    for lane in ("live", "bulk"):
        own = [part for part in served if lane_of(part) == lane]
        parts = {part for part in waiting if lane_of(part) == lane}
        for start in range(0, len(own) - len(parts) + 1, max(1, len(parts))):
            assert set(own[start : start + len(parts)]) == parts
    assert not both or done["bulk"] > 0


def test_what_bulk_work_got_while_nothing_live_waited_is_nobodys_debt() -> None:
    turns = Round(4)
    for _ in range(50):
        turns.given(LIVE_PARTS, 10)
    turns.given(0, 30)
    assert turns.bulk_first


@given(st.integers(2, 9))
def test_each_turn_looks_at_every_part_once(bulk_every: int) -> None:
    turns = Round(bulk_every)
    for _ in range(20):
        order = turns.next()
        assert sorted(order) == list(range(PARTS))
        assert lane_of(order[0]) == ("bulk" if turns.bulk_first else "live")
        turns.given(order[3], 2)


def test_neighbouring_bulk_parts_are_of_different_sources() -> None:
    """A worker on its round must not stay with one source for all its parts."""
    subjects = [UUID(int=number) for number in range(8)]
    of_source: dict[int, set[int]] = {
        source: {
            part_of(FileEvent(WorkspaceId(1), SourceId(source), EventId(one), "bulk")) for one in subjects
        }
        for source in range(16)
    }
    assert all(len(parts) == 8 for parts in of_source.values())
    assert not any(part + 1 in parts for parts in of_source.values() for part in parts)
    assert set().union(*of_source.values()) == set(range(LIVE_PARTS, LIVE_PARTS + BULK_PARTS))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 60)), max_size=30))
def test_a_source_never_has_more_than_its_share_in_the_live_lane(arrivals: list[tuple[float, int]]) -> None:
    clock = Clock()
    bursts = Bursts(burst=20, rate=5.0, clock=clock)
    live = 0
    for pause, count in arrivals:
        clock.now += pause
        live += [bursts.lane(SourceId(1)) for _ in range(count)].count("live")
        assert live <= 20 + 5.0 * clock.now + 1e-6
    assert bursts.lane(SourceId(2)) == "live"


def test_usual_traffic_is_live_and_a_burst_soon_forgiven() -> None:
    clock = Clock()
    bursts = Bursts(burst=20, rate=5.0, clock=clock)
    assert [bursts.lane(SourceId(1)) for _ in range(30)] == ["live"] * 20 + ["bulk"] * 10
    for _ in range(100):
        clock.now += 0.25
        assert bursts.lane(SourceId(1)) == "live"


@pytest.mark.parametrize("sources", [1, 3])
def test_it_remembers_only_so_many_sources(sources: int) -> None:
    bursts = Bursts(burst=1, rate=0.0, sources=sources)
    for source in range(10):
        assert bursts.lane(SourceId(source)) == "live"
    assert bursts.lane(SourceId(9)) == "bulk"
    assert bursts.lane(SourceId(0)) == "live"
