"""The user guide speaks of what is on screen: the names it sets in italics are texts of the client, and its pictures exist."""

import re
from pathlib import Path

import pytest

from tests.browser.languages import catalogue

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_guide_names_what_is_on_screen(language: str) -> None:
    text = (GUIDE / f"{language}.md").read_text(encoding="utf-8")
    named = {" ".join(name.split()) for name in re.findall(r"(?<![*\w])\*([^*]+)\*(?![*\w])", text)}
    named -= {name for name in named if "](" in name}  # the way to the other language
    shown = {text.replace(" {count}", "") for text in catalogue(language).values()}
    assert len(named) > 10
    assert named - shown == set()


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_guides_pictures_are_there(language: str) -> None:
    text = (GUIDE / f"{language}.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) >= 6
    assert [name for name in pictures if not (GUIDE / name).is_file()] == []
