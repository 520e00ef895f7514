"""Company numbers are found where they are named, and never in telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.conversations.signatures import find_cvr, find_phones, valid_cvr

VALID = "25313763"


@pytest.mark.parametrize(
    "text",
    [
        "CVR 25313763",
        "CVR-nr. 25313763",
        "CVR-nr.: 25 31 37 63",
        "CVR.nr. 2531 3763",
        "CVRnr: 25313763",
        "Cvr nr 25313763",
        "CVR-nummer 25313763",
        "C.V.R. 25313763",
        "CVR: DK-25 31 37 63",
        "VAT no. DK25313763",
        "DK25313763",
        "DK 25 31 37 63",
        "SE-nr: 25313763",
        "Tlf. 12 34 56 78 | CVR 25313763 | 7000 Fredericia",
        "CVR 12345678, CVR 25313763",
    ],
)
def test_named_numbers_are_found(text: str) -> None:
    assert find_cvr(text) == VALID


@pytest.mark.parametrize(
    "text",
    [
        "25313763",
        "Tlf. 25313763",
        "+45 25 31 37 63",
        "Faktura 25313763",
        "CVR 25313764",
        "CVR 253137630",
        "ABCVR 25313763",
        "se 25313763",
        "",
    ],
)
def test_other_numbers_are_not(text: str) -> None:
    assert find_cvr(text) is None


def test_check_digits() -> None:
    assert valid_cvr(VALID)
    assert not valid_cvr("25313762")
    assert not valid_cvr("2531376")
    assert not valid_cvr("00000000")
    assert not valid_cvr("٢٥٣١٣٧٦٣")


@given(st.integers(10_000_000, 99_999_999))
def test_one_wrong_digit_is_always_noticed(number: int) -> None:
    digits = str(number)
    if valid_cvr(digits):
        assert not valid_cvr(digits[:-1] + str((int(digits[-1]) + 1) % 10))


@given(st.text(alphabet="cvrdkseCVR nr.:-0123456789\n+()", max_size=200))
def test_whatever_is_found_is_valid(text: str) -> None:
    found = find_cvr(text)
    assert found is None or valid_cvr(found)
    assert all(phone.lstrip("+").isdigit() for phone in find_phones(text))


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Tlf. 25 31 37 63", ("+4525313763",)),
        ("0045 25313763 og +45 2531 3763", ("+4525313763",)),
        ("M: +45 2222 3333 | T: 70 10 20 30", ("+4522223333", "+4570102030")),
        ("+44 (0)20 7946 0958", ("+442079460958",)),
        ("CVR 25313763, faktura 20240305, ordre 12345678, EAN 5790000000000, den 05-03-2024", ()),
    ],
)
def test_phones(text: str, phones: tuple[str, ...]) -> None:
    assert find_phones(text) == phones
