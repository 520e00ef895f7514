"""Texts are told apart by their small words, and short ones take the workspace's language."""

import pytest

from posthus.conversations.languages import CONFIGURATIONS, configuration_of, language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "da",
            "Hej Mette, kan I komme og se på taget i næste uge? Vi har fået vand ind igen, og det haster meget.",
        ),
        (
            "no",
            "Hei Mette, kan dere komme og se på taket i neste uke? Vi har fått noe vann inn, og det haster mye.",
        ),
        ("sv", "Hej Mette, kan ni komma och se på taket i nästa vecka? Vi har inte fått något svar från er."),
        ("en", "Could you please come and have a look at the roof next week? We have water coming in again."),
        (
            "de",
            "Können Sie bitte nächste Woche kommen und das Dach ansehen? Wir haben wieder Wasser im Haus.",
        ),
        (
            "nl",
            "Kunt u volgende week naar het dak komen kijken? Wij hebben weer water in huis en dat is niet goed.",
        ),
        (
            "fr",
            "Pourriez-vous venir voir le toit la semaine prochaine ? Nous avons de nouveau une fuite dans la maison.",
        ),
    ],
)
def test_a_letter_tells_its_language(language: str, text: str) -> None:
    assert language_of(text, "da") == language
    assert language_of(text, "en") == language


@pytest.mark.parametrize("text", ["", "ok", "Faktura 1182", "12345 67890", "Tak!"])
def test_a_short_text_takes_the_workspaces_language(text: str) -> None:
    assert language_of(text, "da") == "da"
    assert language_of(text, "en") == "en"


def test_unknown_languages_are_searched_as_they_are() -> None:
    assert configuration_of("da") == "danish"
    assert configuration_of("xx") == "simple"
    assert len(set(CONFIGURATIONS.values())) == len(CONFIGURATIONS)
