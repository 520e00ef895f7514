"""Which part of a thread a message is in follows from whom it answers, whatever order the messages come in."""

import random

from hypothesis import given
from hypothesis import strategies as st

from posthus.conversations.parts import Member, heads_of, parts_of


def member(name: str, *named: str, cut: bool = False, part: int | None = None) -> Member:
    return Member(name, 5, (name,), named, cut, part)


def test_answers_go_where_the_nearest_known_message_is() -> None:
    thread = [
        member("a"),
        member("b", "a", cut=True, part=20),
        member("c", "a", "b"),
        member("d", "a", "b", "lost"),
        member("e", "a"),
        member("f", "a", "b", "c", cut=True),
        member("g", "a", "b", "c", "f"),
    ]
    assert parts_of(thread) == {"a": 5, "b": 20, "c": 20, "d": 20, "e": 5, "f": 5, "g": 5}


def test_messages_that_answer_each_other_stay_with_the_thread() -> None:
    assert parts_of([member("a", "b"), member("b", "a"), member("c", "a"), member("d", "d")]) == {
        "a": 5,
        "b": 5,
        "c": 5,
        "d": 5,
    }


def test_a_chain_of_fifty_thousand_is_read_without_recursion() -> None:
    chain = [member("0", cut=True, part=9), *(member(str(n), str(n - 1)) for n in range(1, 50_000))]
    assert set(parts_of(chain[::-1]).values()) == {9}


MEMBERS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcdefgh"), max_size=3), st.sampled_from([None, (None,), (20,), (30,)])
    ),
    min_size=1,
    max_size=8,
)


@given(drawn=MEMBERS, seed=st.integers(0, 1000))
def test_the_order_of_messages_leaves_no_trace(
    drawn: list[tuple[list[str], tuple[int | None] | None]], seed: int
) -> None:
    thread = [
        member("abcdefgh"[number], *named, cut=put is not None, part=put[0] if put else None)
        for number, (named, put) in enumerate(drawn)
    ]
    assert parts_of(random.Random(seed).sample(thread, len(thread))) == parts_of(thread)


def test_the_lowest_number_of_what_is_tied_together_is_shown() -> None:
    assert heads_of([9, 5, 7, 12], [(5, 9), (9, 12)]) == {5: 5, 7: 7, 9: 5, 12: 5}
