"""A source that has a limit gets its quota and no more, whenever it asks; the headers tell the truth."""

from hypothesis import given
from hypothesis import strategies as st

from posthus.intake.rates import WINDOW, Rates
from posthus.jobs import SourceId

ONE, OTHER = SourceId(1), SourceId(2)


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_quota_is_spent_and_comes_back_evenly() -> None:
    clock = Clock()
    rates = Rates(clock)
    spent = [rates.take(ONE, 60) for _ in range(61)]
    assert [each.allowed for each in spent] == [True] * 60 + [False]
    assert [each.left for each in spent[:3]] == [59, 58, 57]
    assert spent[-1].left == 0
    assert spent[-1].headers == (
        ("ratelimit-policy", '"source";q=60;w=60'),
        ("ratelimit", '"source";r=0;t=1'),
        ("retry-after", "1"),
    )
    assert rates.take(OTHER, 60).allowed
    clock.now += 1
    assert [rates.take(ONE, 60).allowed for _ in range(2)] == [True, False]
    clock.now += WINDOW
    assert [rates.take(ONE, 60).allowed for _ in range(61)] == [True] * 60 + [False]


@given(st.integers(1, 200), st.lists(st.floats(0, 90), max_size=300))
def test_never_more_than_the_quota_and_what_came_back(quota: int, pauses: list[float]) -> None:
    clock = Clock()
    rates = Rates(clock)
    began = clock.now
    allowed = 0
    for pause in pauses:
        clock.now += pause
        rate = rates.take(ONE, quota)
        allowed += rate.allowed
        assert 0 <= rate.left < quota
        assert rate.seconds >= 1
        if not rate.allowed:
            later = Rates(lambda: clock.now + rate.seconds)  # noqa: B023 - asked at once
            later._full_at = rates._full_at
            assert later.take(ONE, quota).allowed, "whoever comes when told is let in"
            break
    assert allowed <= quota + (clock.now - began) * quota / WINDOW + 1
