"""New words, quotes and signatures are told apart, and every character stays in exactly one span."""

from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mail_references import danish_replies, many_languages
from posthus.conversations.quotes import new_text, split_text

LINES = [
    "Hej",
    "> citat",
    ">> ældre",
    "",
    " ",
    "-- ",
    "--",
    "Mvh. Anders",
    "Sendt fra min iPhone",
    "Den 5. mar. 2024 kl. 10.12 skrev Åse <aase@example.dk>:",
    "Den 5. mar. 2024 kl. 10.12 skrev Åse <",
    "aase@example.dk>:",
    "Åse skrev:",
    "-----Oprindelig meddelelse-----",
    "---------- Forwarded message ---------",
    "________________________________",
    "Fra: Åse <aase@example.dk>",
    "Sendt: 5. marts 2024",
    "Til: bo@example.dk",
    "Emne: SV: x",
    "dansk mailing list",
    "\r",
    "\u2028",
]
# A Finnish and a French one are known to be wrong.
MANY_LANGUAGES = 43
MANY_LANGUAGES_RIGHT = 41
QUOTED = "> Hvornår kommer I?\n> Med venlig hilsen\n> Åse"
OUTLOOK = "Fra: Åse <aase@example.dk>\nSendt: 5. marts 2024 10:12\nTil: bo@example.dk\nEmne: Tag\n\nHvornår kommer I?"


def kinds(text: str) -> list[str]:
    """The kinds of the spans in order."""
    return [span.kind for span in split_text(text)]


def own(text: str) -> str:
    """The sender's own words."""
    return new_text(text, split_text(text))


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=20))).map("\n".join)))
def test_spans_cover_the_text_exactly(text: str) -> None:
    spans = split_text(text)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert all(span.start < span.end for span in spans)
    assert all(one.end == two.start for one, two in pairwise(spans))


def test_danish_replies(shared_data: Path) -> None:
    cases = danish_replies(shared_data / "mail" / "quotes")
    assert len(cases) == 31
    assert [case for case in cases if case.missed] == []


def test_replies_in_many_languages(shared_data: Path) -> None:
    cases = many_languages(shared_data / "mail" / "quotes")
    assert len(cases) == MANY_LANGUAGES
    assert sum(not case.missed for case in cases) >= MANY_LANGUAGES_RIGHT


@pytest.mark.parametrize(
    "attribution",
    [
        "Den tirs. 5. mar. 2024 kl. 10.12 skrev Åse Ærø <aase@example.dk>:",
        "Den 05-03-2024 kl. 10:12 skrev Åse Ærø:",
        "Åse Ærø skrev:",
        "Åse Ærø skrev den 2024-03-05 10:12:",
        "On Tue, Mar 5, 2024 at 10:12 AM Åse Ærø <aase@example.dk> wrote:",
        "On Tue, Mar 5, 2024 at 10:12 AM Åse Ærø <\naase@example.dk> wrote:",
        "Am 05.03.2024 um 10:12 schrieb Åse Ærø:",
        "Am Di., 5. März 2024 um 10:12 Uhr schrieb Åse Ærø\n<aase@example.dk>:",
        "Den tis 5 mars 2024 kl 10:12 skrev Åse Ærø <aase@example.dk>:",
        "tir. 5. mars 2024 kl. 10:12 skrev Åse Ærø <aase@example.dk\n>:",
        "2024-03-05 10:12 skrev Åse Ærø:",
    ],
)
def test_attributions_open_a_quote(attribution: str) -> None:
    text = f"Vi kommer tirsdag.\n\n{attribution}\n{QUOTED}\n"
    assert own(text) == "Vi kommer tirsdag."
    assert own(text.replace("> ", "")).startswith("Vi kommer tirsdag.")


@pytest.mark.parametrize(
    "rule", ["", "_" * 32 + "\n", "-----Oprindelig meddelelse-----\n", "-----Original Message-----\n"]
)
@pytest.mark.parametrize(
    "labels",
    [
        ("Fra", "Sendt", "Til", "Emne"),
        ("From", "Sent", "To", "Subject"),
        ("Från", "Skickat", "Till", "Ämne"),
        ("Fra", "Dato", "Til", "Emne"),
        ("Von", "Gesendet", "An", "Betreff"),
        ("*Fra", "*Sendt", "*Til", "*Emne"),
    ],
)
def test_outlooks_header_opens_a_quote(rule: str, labels: tuple[str, ...]) -> None:
    block = OUTLOOK
    for danish, label in zip(("Fra", "Sendt", "Til", "Emne"), labels, strict=True):
        block = block.replace(f"{danish}:", f"{label}:*" if label.startswith("*") else f"{label}:")
    text = f"Vi kommer tirsdag.\n\n{rule}{block}"
    assert own(text) == "Vi kommer tirsdag."
    assert kinds(text) == ["new", "quote"]


@pytest.mark.parametrize(
    "text",
    [
        "Vi skal flytte:\n\nFra: Hovedgaden 1\nTil: Søndergade 2\nDato: 5. marts\n\nHvad koster det?",
        "Hej\n\nDen 5. marts skrev vi til jer om følgende:\n\nTaget er utæt.",
        "Bemærk: prisen er uden moms.\n\nHilsen til hele holdet, og husk at vi ses.",
        "Kh er initialer for Karsten Holm.\n\nRing til ham.",
        "Vi mangler:\n- 2 pakker\n-- 1 følgeseddel\n\nKan I eftersende?",
    ],
)
def test_own_words_stay_own(text: str) -> None:
    assert own(text) == text


def test_answers_below_and_between_are_kept() -> None:
    below = f"Åse skrev:\n{QUOTED}\n\nPå tirsdag.\n\nMvh. Bo"
    assert own(below) == "På tirsdag."
    assert kinds(below) == ["quote", "new", "signature"]
    between = (
        "On Tue, Mar 5, 2024 at 10:12 Åse wrote:\n> Hvornår?\n\nTirsdag.\n\n> Hvor meget?\n\n40.000 kr.\n"
    )
    assert own(between) == "Tirsdag.\n40.000 kr."
    loose = "Åse skrev den 5/3-2024 kl. 10:12:\n\nJeg svarer nedenfor.\n\n> Hvornår?\n\nTirsdag."
    assert own(loose) == "Jeg svarer nedenfor.\nTirsdag."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nBo Bang\nTlf. 12 34 56 78",
        "Med venlig hilsen\n\nBo Bang\nTagmester",
        "Mvh. Bo",
        "Best regards,\nBo Bang",
        "Mit freundlichen Grüßen\nBo Bang",
        "Med vänlig hälsning\nBo",
        "Sendt fra min iPhone",
        "Sent from my Galaxy",
        "Hent Outlook til iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet",
    ],
)
@pytest.mark.parametrize("quote", ["", f"\n\nÅse skrev:\n{QUOTED}", f"\n\n{OUTLOOK}"])
def test_signatures(signature: str, quote: str) -> None:
    text = f"Vi kommer tirsdag.\n\n{signature}{quote}"
    assert own(text) == "Vi kommer tirsdag."
    assert kinds(text) == ["new", "signature", *(["quote"] if quote else [])]


def test_a_list_footer_is_no_text() -> None:
    footer = "_" * 47 + "\nTagfolk mailing list\nTagfolk@lists.example.dk\n"
    assert own(f"Vi kommer tirsdag.\n{footer}") == "Vi kommer tirsdag."
    assert own(f"Vi kommer tirsdag.\n\nÅse skrev:\n{QUOTED}\n{footer}") == "Vi kommer tirsdag."


def test_a_mail_that_only_forwards_is_its_content() -> None:
    forwarded = (
        "---------- Forwarded message ---------\nFrom: Åse <a@example.dk>\nSubject: Tag\n\nHvornår kommer I?"
    )
    assert kinds(forwarded) == ["new"]
    assert kinds(f"Se her\n\n{forwarded}") == ["new", "quote"]


@pytest.mark.parametrize(
    "line",
    [
        "From: x\n",
        "Den 5. marts 2024 skrev vi\n",
        "a skrev:\n",
        "________\n",
        "> a\n\n",
        "Mvh\n",
        "-- \n",
        "\n",
    ],
)
def test_time_grows_with_the_text_not_with_its_square(line: str) -> None:
    short, long = line * 5_000, line * 50_000
    begun = process_time()
    split_text(short)
    between = process_time()
    split_text(long)
    assert process_time() - between < 50 * (between - begun) + 0.5


QUOTED_BY_NAME = """Hej Ole

    OB> Jeg har set på tilbuddet, og det ser fint ud, men vi mangler
    OB> en pris på montering af de to vinduer mod gården.

Den kommer i morgen.

    OB> Kan I nå det inden jul?

Ja.
"""


def test_lines_marked_with_initials_are_quoted() -> None:
    spans = split_text(QUOTED_BY_NAME)
    assert new_text(QUOTED_BY_NAME, spans).split() == ["Hej", "Ole", "Den", "kommer", "i", "morgen.", "Ja."]


@pytest.mark.parametrize(
    "text",
    [
        "Vi får denne fejl:\n\nSQL> select navn from kunde\nSQL> where nummer = 7;\nSQL> quit\n",
        "Vi får denne fejl:\n\nmysql> select navn from kunde\nmysql> where nummer = 7;\nmysql> quit og farvel\n",
        "Prisen er:\n\nX> den første linje\n\nog\n\nX> den anden linje\n\nog\n\nX> den tredje linje\n",
        "OB> kun én linje er for lidt til at vide det\nog så videre\n",
    ],
)
def test_prompts_and_single_lines_are_own_words(text: str) -> None:
    assert {span.kind for span in split_text(text)} == {"new"}
