"""The limit of requests: as many as promised, told in the headers, and filled up again evenly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.api.limits import Limits
from posthus.api.problems import Refusal


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_caller_is_told_what_is_left_and_when_to_come_back() -> None:
    clock = Clock()
    limits = Limits(60, clock)
    assert limits.take("a") == {"RateLimit-Policy": '"default";q=60;w=60', "RateLimit": '"default";r=59;t=1'}
    for _ in range(59):
        limits.take("a")
    with pytest.raises(Refusal) as refused:
        limits.take("a")
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    limits.take("b")  # somebody else's bucket is full
    clock.now += 1
    limits.take("a")


@given(st.lists(st.floats(0, 5), max_size=200))
def test_never_more_than_a_minutes_worth_beyond_what_was_saved(pauses: list[float]) -> None:
    clock = Clock()
    limits, taken = Limits(30, clock), 0
    for pause in pauses:
        clock.now += pause
        try:
            limits.take("a")
        except Refusal:
            continue
        taken += 1
    assert taken <= 30 + (clock.now - 1000) * 30 / 60 + 1e-6
