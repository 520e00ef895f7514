"""Signatures tell who somebody is, and a name is taken for the company's only when something vouches for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.conversations.details import Details, is_named_by, read_details

DANISH = """Med venlig hilsen

Mette Holm
Salgschef

Tømrermester Holm & Søn ApS | Tagvej 1 | 8000 Aarhus
Tlf. 70 10 20 30 | Mobil: +45 2222 3333 | CVR 10150817
"""


def test_a_danish_signature() -> None:
    assert read_details(DANISH, "holm.example") == Details(
        ("+4570102030", "+4522223333"), "Salgschef", "Tømrermester Holm & Søn ApS", "10150817"
    )


def test_english_and_german_signatures() -> None:
    assert read_details(
        "Best,\nTom Reed\nHead of Purchasing\nHarbourline Ltd, 2 Quay House", "harbourline.example"
    ) == (Details((), "Head of Purchasing", "Harbourline Ltd"))
    assert read_details("Jan Weber\nVertriebsleiter\nTannfels Schiefer GmbH", "tannfels.example").company == (
        "Tannfels Schiefer GmbH"
    )


@pytest.mark.parametrize(
    ("line", "title", "company"),
    [
        ("Teknisk chef, Rugager Ejendomme A/S", "Teknisk chef", "Rugager Ejendomme A/S"),
        ("Managing Director, Holm, Lund & Co Ltd", "Managing Director", "Holm, Lund & Co Ltd"),
        ("Rugager Ejendomme, A/S", "", "Rugager Ejendomme, A/S"),
        ("Rugager Arkitekt, ApS", "", "Rugager Arkitekt, ApS"),
    ],
)
def test_a_title_and_a_company_on_one_line(line: str, title: str, company: str) -> None:
    found = read_details(f"Steffen\n{line}\nCVR: 99184841", "rugager.example.dk")
    assert (found.title, found.company) == (title, company)


def test_a_partners_name_is_not_the_senders_company() -> None:
    assert read_details("Mette Holm\nForhandler for Velux A/S", "holm.example").company == ""
    assert read_details("Mette Holm\nHolm ApS", None).company == ""


@pytest.mark.parametrize(
    ("company", "domain", "named"),
    [
        ("Sønderby Tømrer ApS", "soenderby-toemrer.dk", True),
        ("Sønderby ApS", "sonderby.dk", True),
        ("Lærkehaven A/S", "laerkehaven.dk", True),
        ("Tag ApS", "firma.dk", False),
    ],
)
def test_a_domain_spells_letters_its_own_way(company: str, domain: str, named: bool) -> None:
    assert is_named_by(company, domain) is named


@given(st.text(alphabet="ApS A/S\n|-,.&Ltdchefæ1230+", max_size=300), st.sampled_from([None, "firma.dk"]))
def test_any_signature(text: str, domain: str | None) -> None:
    found = read_details(text, domain)
    assert len(found.title) <= 100
