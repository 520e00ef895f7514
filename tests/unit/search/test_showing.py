"""Snippets mark what matched and nothing else; texts that say the same are told from those that do not."""

from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from posthus.search.folding import folded, sketch
from posthus.search.fusion import Arm, fuse
from posthus.search.pools import Pool
from posthus.search.snippet import matches, snippet, words_like
from posthus.search.vocabulary import near, same_word, slips
from posthus.search.words import spellings

WORDS = st.lists(
    st.sampled_from(["tag", "Taget", "TAGET", "rende", "på", "a+b", "x@y.dk", "é", "İ", "—"]), max_size=80
)


@given(WORDS)
def test_a_highlight_is_a_whole_word_or_the_literal_that_was_asked_for(said: list[str]) -> None:
    line = " ".join(said)
    shown = snippet(line, matches(line, {"taget"}, ["a+b"]))
    assert len(shown.text) <= max(240, len(line))
    for start, end in shown.highlights:
        assert shown.text[start:end].lower() in {"taget", "a+b"}
    if "Taget" in said or "a+b" in said:
        assert shown.highlights


@given(WORDS)
def test_only_words_that_begin_like_a_stem_are_looked_up(said: list[str]) -> None:
    found = words_like(" ".join(said), ["tagr"])
    assert found == {word.lower() for word in said if word.lower().startswith("tag")}


TEXT = " ".join(f"ord{number}" for number in range(60))


def test_a_text_with_a_few_words_more_is_the_same_and_another_is_not() -> None:
    more = f"Hej {TEXT} venlig hilsen"
    other = " ".join(f"andet{number}" for number in range(60))
    found = [("a", sketch(TEXT)), ("b", sketch(other)), ("c", sketch(more)), ("d", sketch("tak"))]
    assert folded([*found, ("e", sketch("tak"))]) == [("a", ["c"]), ("b", []), ("d", []), ("e", [])]


def test_a_slip_is_one_letter_and_two_in_a_long_word() -> None:
    for typed in ("tagrnde", "tagrendde", "tagrenda", "tagredne"):
        assert typed in slips("tagrende")
    assert "tagrende" not in slips("tagrende")
    assert near("tagrnede", "tagrende")
    assert near("garantibevsi", "garantibevis")
    assert not near("tag", "bil")


def test_forms_of_one_word_are_told_from_words_that_begin_alike() -> None:
    assert same_word("tagrende", "tagrender")
    assert same_word("faktura", "fakturaerne")
    assert not same_word("tagrende", "tagrydning")
    assert not same_word("tag", "tagpap")


def test_danish_letters_have_two_ways_to_be_written() -> None:
    assert set(spellings("århus")) == {"aarhus"}
    assert "tømrer" in spellings("toemrer")
    assert "cafe" in spellings("café")
    assert spellings("10432") == ()


def test_what_fits_badly_counts_less_than_its_place() -> None:
    one, two = UUID(int=1), UUID(int=2)
    assert [found.id for found in fuse([Arm("any", 1.0, [one], [0.1]), Arm("meaning", 1.0, [two])])] == [
        two,
        one,
    ]
    (both,) = fuse([Arm("any", 1.0, [one], [0.5]), Arm("meaning", 1.0, [one])])
    assert both.places == {"any": 1, "meaning": 1}


MESSAGES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 5), st.sampled_from([0.1, 0.2, 0.3])),
    max_size=25,
    unique_by=lambda one: one[0],
)


def pool_of(messages: list[tuple[int, int, float]]) -> Pool:
    halves = np.array([[0, one] for one, _, _ in messages], np.uint64).reshape(-1, 2)
    moments = np.array([moment for _, moment, _ in messages], np.int64)
    return Pool(halves, moments, np.array([rank for _, _, rank in messages], np.float64))


@given(MESSAGES, MESSAGES, st.integers(1, 12))
def test_a_pool_with_what_came_holds_the_newest_of_both(
    old: list[tuple[int, int, float]], came: list[tuple[int, int, float]], most: int
) -> None:
    gone = [UUID(int=one) for one, _, _ in came]
    now = pool_of(old).with_newer(gone, pool_of(came), most)
    whole = {one: (moment, rank) for one, moment, rank in [*old, *came]}
    wanted = sorted(whole, key=lambda one: (whole[one][0], one), reverse=True)[:most]
    ids, ranks = now.best(most)
    assert {one.int for one in ids} == set(wanted)
    assert ranks == [whole[one.int][1] for one in ids] == sorted(ranks, reverse=True)
