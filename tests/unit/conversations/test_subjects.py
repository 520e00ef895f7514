"""A mail and its replies have one subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.conversations.subjects import is_reply_subject, normalise_subject


@pytest.mark.parametrize(
    "subject",
    [
        "Ordre 1182",
        "Re: Ordre 1182",
        "SV: Ordre 1182",
        "RE: SV: Re: ordre  1182",
        "AW: WG: Ordre 1182",
        "Re[2]: Ordre 1182",
        "Re (3) : Ordre 1182",
        "Re^2: Ordre 1182",
        "[Salg] Re: [Salg] Ordre 1182",
        "Fwd: [Ekstern] VS: Ordre 1182",
        "Re:Ordre 1182",
        "Antw: ordre 1182 ",
    ],
)
def test_prefixes_and_tags_come_off(subject: str) -> None:
    assert normalise_subject(subject) == "ordre 1182"


@pytest.mark.parametrize(
    "subject", ["", "Re:", "[kun et mærke]", "Res: nej", "Referat: møde", "Tag: nyt", "1: x"]
)
def test_what_is_left_is_stable(subject: str) -> None:
    assert normalise_subject(normalise_subject(subject)) == normalise_subject(subject)


def test_words_that_only_look_like_prefixes_stay() -> None:
    assert normalise_subject("Referat: møde") == "referat: møde"
    assert normalise_subject("[kun et mærke]") == "[kun et mærke]"


def test_replies_and_forwards() -> None:
    assert is_reply_subject("[Salg] SV: x")
    assert not is_reply_subject("Fwd: Re: x")
    assert is_reply_subject("Re: Fwd: x")
    assert not is_reply_subject("x")


@given(st.text())
def test_any_subject(subject: str) -> None:
    assert normalise_subject(f"Re: {subject}").strip() == normalise_subject(subject).strip()
