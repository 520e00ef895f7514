"""Whatever is typed is understood as something, and means the same when it is written down again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.search.days import day_of
from posthus.search.language import NAMES, Filter, Piece, Question, parse, without, written

SAID = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(['"', "-", ":", " ", '""', '-"', "fra:", 'firma:"Øst & Søn" ', "-TIL:", "\t", "\0"]),
        st.sampled_from([f"{name}:" for name in NAMES]),
        st.sampled_from(["tag", "ORD-10432", "lone@øst.dk", "-faktura", '"nyt tag"', "før:2026-01"]),
    ),
    max_size=12,
).map("".join)


@given(SAID)
def test_any_text_is_understood_and_means_the_same_when_written_down(text: str) -> None:
    question = parse(text)
    assert parse(written(question)) == question


@given(SAID)
def test_a_chip_taken_off_leaves_everything_else(text: str) -> None:
    question = parse(text)
    for chip in question.filters:
        left = without(question, chip)
        assert parse(written(left)) == left
        assert left.pieces == question.pieces
        assert sorted([*left.filters, chip], key=repr) == sorted(question.filters, key=repr)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("nyt tag", Question((Piece("nyt", False, False), Piece("tag", False, False)), ())),
        ('"nyt tag" -pris', Question((Piece("nyt tag", True, False), Piece("pris", False, True)), ())),
        ("tag fra:lone", Question((Piece("tag", False, False),), (Filter("from", "lone"),))),
        ('-Firma:"Øst & Søn"', Question((), (Filter("company", "Øst & Søn", True),))),
        ("har:fil før:2026", Question((), (Filter("has", "fil"), Filter("before", "2026")))),
        ("http://x.dk fra:", Question((Piece("http://x.dk", False, False), Piece("fra:", False, False)), ())),
        ("-10 - x", Question(tuple(Piece(one, False, False) for one in ("-10", "-", "x")), ())),
        ('en "løs ende', Question(tuple(Piece(one, False, False) for one in ("en", "løs", "ende")), ())),
    ],
)
def test_words_phrases_minus_and_filters(text: str, question: Question) -> None:
    assert parse(text) == question


def test_the_meaning_of_a_question_is_asked_without_filters_and_without_what_must_not_be_there() -> None:
    assert parse('utæt "nyt tag" -pris fra:lone').text == "utæt nyt tag"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", date(2026, 1, 1)),
        ("2025-03", date(2025, 3, 1)),
        ("2025-03-31", date(2025, 3, 31)),
        ("31.3.2025", date(2025, 3, 31)),
        ("31/3-25", date(2025, 3, 31)),
        ("31/3", date(2026, 3, 31)),
        ("24.12.", date(2025, 12, 24)),
        ("igår", date(2026, 5, 30)),
        ("7d", date(2026, 5, 24)),
        ("2u", date(2026, 5, 17)),
        ("3m", date(2026, 2, 28)),
        ("1å", date(2025, 5, 31)),
        ("31.2.2026", None),
        ("9999y", None),
        ("snart", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert day_of(text, date(2026, 5, 31)) == day


@given(st.text(max_size=20))
def test_no_day_raises(text: str) -> None:
    day_of(text, date(2026, 5, 31))
