"""Sources on screen: from choosing a provider to its first event, what is kept aside, fields tried while they are written."""

import json
import os
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.running import ROOT, Running, wait_for

JSON = {"Content-Type": "application/json"}


def look(page: Page, name: str) -> None:
    """What is on screen is accessible, and kept as a picture where pictures are wanted."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    if os.environ.get("POSTHUS_SCREENS"):
        folder: Path = ROOT / "docs" / "screens"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


@pytest.mark.browser
def test_a_provider_is_found_connected_and_its_first_event_seen(open_page: OpenPage) -> None:
    page = open_page("/sources")
    page.get_by_role("button", name="Add source").click()
    page.get_by_role("searchbox").fill("stri")
    look(page, "wizard-choose-desktop-light")
    page.keyboard.press("Enter")
    name = f"Stripe {uuid4().hex[:6]}"
    page.get_by_label("Name").fill(name)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Developers → Webhooks")).to_be_visible()
    expect(dialog.get_by_text("/in/")).to_be_visible()
    dialog.get_by_label("Secret from Stripe").fill("whsec_the_one_stripe_shows")
    look(page, "wizard-connect-desktop-light")
    dialog.get_by_role("button", name="Use this secret").click()
    expect(dialog.get_by_text("The secret was taken over")).to_be_visible()
    dialog.get_by_role("button", name="Send a test event").click()
    expect(dialog.get_by_text("The first event arrived.")).to_be_visible(timeout=15_000)
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("article", name=name)).to_be_visible()


@pytest.mark.browser
def test_who_connects_on_a_phone_can_copy_and_hears_why_nothing_comes(
    sample: Running, open_page: OpenPage
) -> None:
    page = open_page("/sources", size="phone", locale="da-DK")
    page.get_by_role("button", name="Tilføj kilde").click()
    page.get_by_role("searchbox").fill("github")
    page.keyboard.press("Enter")
    page.get_by_label("Navn").fill(f"GitHub {uuid4().hex[:6]}")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    url = dialog.get_by_label("URL", exact=True)
    expect(url).to_contain_text("/in/")
    for button in dialog.get_by_role("button", name="Kopiér").all():
        expect(button).to_be_in_viewport(ratio=1)
        box, frame = button.bounding_box(), dialog.bounding_box()
        assert box is not None
        assert frame is not None
        assert box["x"] + box["width"] <= frame["x"] + frame["width"], "the button is inside the dialog"
    path = url.inner_text().strip().removeprefix(sample.url)
    assert sample.post(path, b"{}", JSON) == 401
    expect(
        dialog.get_by_text("1 ikke godtaget det seneste døgn: Signatur eller token mangler")
    ).to_be_visible()
    look(page, "wizard-refused-phone")


@pytest.mark.browser
@pytest.mark.parametrize(("size", "locale"), [("desktop", "en-GB"), ("phone", "da-DK")])
def test_what_proves_nothing_is_kept_aside_seen_and_let_in(
    sample: Running, open_page: OpenPage, size: str, locale: str
) -> None:
    words = {
        "en-GB": ("2 wait", "Let 1 in", "Drop all", "Show", "1 was let in."),
        "da-DK": ("2 venter", "Luk 1 ind", "Kassér alle", "Vis", "1 er lukket ind."),
    }[locale]
    name = f"Port {uuid4().hex[:6]}"
    made = sample.lines("source", "add", "webhook", "--name", name, "--json")[0]
    assert sample.command("source", "set", name, "--unverified", "quarantine").returncode == 0
    path = str(made["url"]).removeprefix(sample.url)
    for number in range(2):
        assert sample.post(path, b'{"text":"Uden bevis %d"}' % number, JSON) == 202
    page = open_page("/sources", size=size, locale=locale)
    page.get_by_role("article", name=name).get_by_role("button", name=words[0]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=words[3], exact=True).first.click()
    expect(dialog.get_by_text("Uden bevis 1")).to_be_visible()
    dialog.get_by_role("checkbox").first.check()
    look(page, f"quarantine-{size}")
    dialog.get_by_role("button", name=words[1]).click()
    expect(page.get_by_text(words[4])).to_be_visible()
    dialog.get_by_role("button", name=words[2]).click()
    expect(dialog.get_by_role("checkbox")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("article", name=name).get_by_text(words[0])).to_have_count(0)


@pytest.mark.browser
def test_refusals_are_told_with_their_reason_and_the_policy_is_changed(
    sample: Running, open_page: OpenPage
) -> None:
    name = f"Nøgle {uuid4().hex[:6]}"
    made = sample.lines("source", "add", "webhook", "--name", name, "--json")[0]
    path = str(made["url"]).removeprefix(sample.url)
    assert sample.post(path, b"{}", {**JSON, "X-Signature": "sha256=wrong"}) == 401
    page = open_page("/sources")
    card = page.get_by_role("article", name=name)
    expect(card.get_by_text("Nothing accepted yet")).to_be_visible()
    card.get_by_role("button", name="1 not accepted in the last day: The signature does not fit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The signature does not fit")).to_be_visible(timeout=15_000)
    expect(dialog.get_by_text("0 received, 1 refused or kept aside")).to_be_visible()
    look(page, "source-activity-desktop-light")
    dialog.get_by_role("tab", name="Activity").focus()
    page.keyboard.press("ArrowLeft")
    dialog.get_by_label("Deliveries a minute").fill("a lot")
    expect(dialog.get_by_text("Write a whole number up to 1,000,000, or nothing.")).to_be_visible()
    dialog.get_by_label("Deliveries a minute").fill("600")
    dialog.get_by_role("button", name="Save the limit").click()
    expect(page.get_by_text("The limit applies within a second.")).to_be_visible()
    look(page, "source-limit-desktop-light")
    dialog.get_by_role("tab", name="If not proved").click()
    dialog.get_by_label("Ask for them again (503)").check()
    expect(page.get_by_text("That is how it is done from now on.")).to_be_visible()
    look(page, "source-policy-desktop-light")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # What a source decides is believed by every intake process within a second.
    wait_for(lambda: sample.post(path, b"{}", JSON) == 503)
    with httpx.Client(base_url=sample.url) as sender:
        assert sender.post(path, content=b"{}").headers["ratelimit-policy"] == '"source";q=600;w=60'


@pytest.mark.browser
@pytest.mark.parametrize(("size", "locale"), [("desktop", "da-DK"), ("phone", "en-GB")])
def test_fields_are_tried_on_the_newest_event_while_they_are_written(
    sample: Running, open_page: OpenPage, size: str, locale: str
) -> None:
    danish = locale == "da-DK"
    name = f"Felter {uuid4().hex[:6]}"
    made = sample.lines("source", "add", "webhook", "--name", name, "--unsigned", "--json")[0]
    body = json.dumps({"ordre": {"bemærkning": "Ring inden levering", "køber": "Åse Øst"}}).encode()
    assert sample.post(str(made["url"]).removeprefix(sample.url), body, JSON) == 202
    page = open_page("/sources", size=size, locale=locale)
    page.get_by_role("article", name=name).get_by_role(
        "button", name="Felter" if danish else "Fields"
    ).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Navn" if danish else "Name", exact=True).fill('ordre."køber"')
    dialog.get_by_label("Tekst" if danish else "Text", exact=True).fill('ordre."bemærkning"')
    message = dialog.get_by_role("article")
    expect(message.get_by_text("Ring inden levering")).to_be_visible()
    expect(message.get_by_text("Åse Øst")).to_be_visible()
    look(page, f"mapping-{size}")
    dialog.get_by_label("Tekst" if danish else "Text", exact=True).fill("ordre.[")
    expect(dialog.get_by_role("alert").filter(has_text="JMESPath")).to_be_visible()
    dialog.get_by_label("Tekst" if danish else "Text", exact=True).fill('ordre."bemærkning"')
    expect(dialog.get_by_role("alert").filter(has_text="JMESPath")).to_have_count(0)
    dialog.get_by_role("button", name="Gem" if danish else "Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    saved = sample.lines("source", "mapping", name, "--json")
    assert saved[0]["mapping"] == {"from_name": 'ordre."køber"', "text": 'ordre."bemærkning"'}


@pytest.mark.browser
def test_a_secret_is_rotated_with_overlap(sample: Running, open_page: OpenPage) -> None:
    name = f"Rotation {uuid4().hex[:6]}"
    assert sample.command("source", "add", "webhook", "--name", name).returncode == 0
    page = open_page("/sources", locale="da-DK")
    page.get_by_role("article", name=name).get_by_role("button", name="Ny hemmelighed").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Den hidtidige gælder endnu").select_option(label="En uge")
    look(page, "rotate-desktop-light")
    dialog.get_by_role("button", name="Lav en ny hemmelighed").click()
    expect(dialog.get_by_text("Hemmeligheden vises kun denne ene gang")).to_be_visible()
    expect(dialog.get_by_text("Det hidtidige gælder frem til")).to_be_visible()
    page.keyboard.press("Escape")
    expect(
        page.get_by_role("article", name=name).get_by_text("Tidligere hemmelighed gælder til")
    ).to_be_visible()
