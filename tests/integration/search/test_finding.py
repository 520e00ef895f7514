"""What people look for is found the way they type it: words, names, numbers, slips, compounds and filters."""

from collections.abc import Callable

import pytest

from posthus.search.request import Mode
from tests.integration.search.conftest import Desk


def test_a_message_is_found_by_words_as_soon_as_it_is_filed_and_by_meaning_once_it_has_a_vector(
    desk: Desk,
) -> None:
    message = desk.put("Utæt kvist", "Det drypper ned i stuen", embed=False)
    assert desk.found("drypper") == ["Utæt kvist"]
    assert desk.hit("drypper").why == "words"
    assert desk.found("utæt kvist", "meaning") == []
    desk.embed(message)
    assert desk.hit("utæt kvist").why == "both"
    assert desk.found("utæt kvist", "meaning") == ["Utæt kvist"]


def test_while_vectors_are_missing_a_word_stands_above_what_is_hardly_alike(desk: Desk) -> None:
    for number in range(3):
        filler = " ".join(f"{letter}{number}ord" for letter in "abcdefghijklmnopqrstuvwxyz")
        desk.put(f"Uge {number}", f"kontrol {filler}")  # the model takes "kontrol" for "kontrakten"
    desk.put("Til underskrift", "Her er kontrakten", embed=False)
    hits = desk.ask("kontrakten").hits
    assert [(hit.subject, hit.why) for hit in hits[:2]] == [
        ("Til underskrift", "words"),
        (hits[1].subject, "meaning"),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "tagrender",  # another form of the word
        "tagrende",
        "TAGRENDE",
        "tagrnde",  # a slip
        "tagren",  # not yet typed to its end
        "tag rende",  # a compound taken apart
        "tagrendeskål",  # more of a compound than there is
    ],
)
def test_a_danish_word_is_found_in_every_way_it_is_typed(desk: Desk, typed: str) -> None:
    desk.put("Den nye tagrende", "Skål og ramme følger med")
    desk.put("Helt andet", "Vinduer og døre")
    assert desk.found(typed)[:1] == ["Den nye tagrende"]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Århus", "aarhus"),
        ("Aarhus", "århus"),
        ("Tømrer", "toemrer"),
        ("Toemrer", "tømrer"),
        ("Kæmpe", "kaempe"),
    ],
)
def test_danish_letters_are_found_however_they_are_written(desk: Desk, written: str, typed: str) -> None:
    desk.put(f"Sagen om {written}", "Vi ses")
    desk.put("Helt andet", "Vi ses")
    assert desk.found(typed) == [f"Sagen om {written}"]


@pytest.mark.parametrize("typed", ["ORD-10432", "10432", "1043", "ord-1043"])
def test_an_order_number_is_found_whole_and_by_its_beginning(desk: Desk, typed: str) -> None:
    desk.put("Bestilling", "Vi har modtaget ORD-10432 fra jer")
    desk.put("Anden bestilling", "Vi har modtaget ORD-20567 fra jer")
    assert desk.found(typed) == ["Bestilling"]


@pytest.mark.parametrize(
    "typed", ["aase@kunde1.example.com", "aase@kunde1.exam", "kunde1.example.com", "Åse"]
)
def test_a_sender_is_found_by_address_and_name(desk: Desk, typed: str) -> None:
    desk.put("Fra den ene")
    desk.put("Fra den anden")
    assert "Fra den ene" in desk.found(typed)
    assert any(one.address == "aase@kunde1.example.com" for one in desk.ask(typed).contacts)


def test_quotation_marks_and_minus_hold_in_every_way_of_searching(desk: Desk) -> None:
    desk.put("Første", "Prisen på nyt tag er sendt")
    desk.put("Anden", "Tag nyt med hjem, prisen er sendt")
    desk.put("Tredje", "Prisen på nyt tag med garanti")
    for mode in ("words", "hybrid"):
        assert sorted(desk.found('"nyt tag"', mode)) == ["Første", "Tredje"]
        assert desk.found('"nyt tag" -garanti', mode) == ["Første"]
    assert sorted(desk.found('prisen -"nyt tag"', "hybrid")) == ["Anden"]
    assert "Tredje" not in desk.found("prisen -garanti", "meaning")


def test_a_word_in_the_subject_weighs_more_than_one_in_the_text(desk: Desk) -> None:
    desk.put("Helt andet", "Der stod noget om garanti et sted")
    desk.put("Garanti på taget", "Se venligst nedenfor hvad der gælder")
    assert desk.found("garanti")[0] == "Garanti på taget"


def test_filters_in_the_text_narrow_the_search_and_are_told_as_chips(desk: Desk) -> None:
    desk.put("Tilbud", "Prisen er sendt", page="<p>Prisen er sendt</p>")
    desk.put("Pris uden fil", "Prisen er sendt igen")
    assert desk.found("prisen har:fil") == ["Tilbud"]
    assert desk.found("prisen -har:fil") == ["Pris uden fil"]
    assert desk.found("fra:kunde2") == ["Pris uden fil"]
    assert desk.found("prisen -fra:kunde2") == ["Tilbud"]
    assert desk.found("emne:tilbud") == ["Tilbud"]
    assert desk.found("prisen -subject:tilbud") == ["Pris uden fil"]
    assert desk.found("kontakt:aase@kunde1") == ["Tilbud"]
    assert desk.found("firma:kunde2.example.com") == ["Pris uden fil"]
    assert sorted(desk.found("til:post@")) == ["Pris uden fil", "Tilbud"]
    assert sorted(desk.found("kilde:post kanal:mail er:åben")) == ["Pris uden fil", "Tilbud"]
    assert desk.found("prisen efter:2d", "hybrid") != []
    assert desk.found("prisen før:2d", "hybrid") == []
    assert desk.found("prisen er:lukket", "hybrid") == []
    chips = desk.ask("prisen fra:kunde2 firma:findesikke har:noget").chips
    assert [(chip.field, chip.value, chip.known) for chip in chips] == [
        ("from", "kunde2", True),
        ("company", "findesikke", False),
        ("has", "noget", False),
    ]
    assert chips[0].without == "prisen firma:findesikke har:noget"


def test_a_name_that_nothing_has_leaves_nothing_and_what_is_not_understood_narrows_nothing(
    desk: Desk,
) -> None:
    desk.put("Tilbud", "Prisen er sendt")
    for mode in ("words", "hybrid", "meaning"):
        assert desk.found("prisen firma:findesikke", mode) == []
        assert desk.found("prisen er:grøn", mode) == ["Tilbud"]


def test_the_same_text_from_many_is_one_hit_that_names_the_others(desk: Desk) -> None:
    text = "Vores nye åbningstider gælder fra mandag og hele sommeren, så ring endelig i god tid inden I kommer forbi"
    for _ in range(4):
        desk.put("Nyt om åbningstider", text)
    desk.put("Kort om tider", "Åbningstider er de samme")
    found = desk.ask("åbningstider").hits
    assert sorted(len(hit.alike) for hit in found) == [0, 3]
    assert len({one.message_id for hit in found for one in hit.alike}) == 3


def test_nobody_finds_another_workspaces_messages(desk: Desk, another_desk: Callable[[], Desk]) -> None:
    other = another_desk()
    other.put("Hemmelig tagrende", "Kun for naboen")
    for typed in ("tagrende", "tagrnde", "hemmelig", "fra:aase", "kontakt:aase", "firma:kunde1.example.com"):
        assert desk.found(typed, "hybrid") == []
        assert desk.ask(typed).contacts == ()


def test_a_highlight_marks_the_word_that_was_meant(desk: Desk) -> None:
    desk.put("Sag", "Der skal en ny tagrende op")
    hit = desk.hit("tagrnde")
    assert [hit.snippet[start:end] for start, end in hit.highlights] == ["tagrende"]


def test_a_tag_named_in_the_text_narrows_the_search(desk: Desk) -> None:
    desk.put("Haster", "Prisen er sendt")
    desk.put("Haster ikke", "Prisen er sendt igen")
    with desk.database.transaction() as connection:
        connection.execute(
            "with made as (insert into posthus.tag (workspace_id, name) values (%s, 'Hastesag') returning id)"
            " update posthus.conversation set tag_ids = array[made.id] from made where subject = 'Haster'",
            (desk.workspace,),
        )
    modes: tuple[Mode, ...] = ("words", "hybrid")
    for mode in modes:
        assert desk.found("prisen tag:haste", mode) == ["Haster"]
        assert desk.found("prisen -tag:hastesag", mode) == ["Haster ikke"]
    assert desk.found("tag:hastesag") == ["Haster"]
    assert desk.found("prisen tag:findesikke") == []
