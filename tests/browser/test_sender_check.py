"""Who really sent a mail stands on it, with what was found when somebody wants to know."""

import json

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from posthus.app.connect import DATABASE
from posthus.database.embedded import EmbeddedPostgres
from tests.browser.conftest import FIRST, OpenPage, open_conversation
from tests.browser.languages import DANISH, ENGLISH, untranslated
from tests.running import Running

CHECKED = """
update posthus.event as e set envelope = e.envelope || jsonb_build_object('authentication', %s::jsonb)
from posthus.message as m where m.event_id = e.id and m.topic = %s
"""


def checked(sample: Running, dmarc: str) -> None:
    """As if the mails of the first conversation had come from outside."""
    found = {
        "by": "mx.example.dk",
        "from_domain": "example.com",
        "spf": "softfail",
        "spf_domain": "example.com",
        "dkim": [{"domain": "example.com", "selector": "s", "result": dmarc}],
        "dmarc": dmarc,
        "policy": "reject",
        "arc": "none",
    }
    with psycopg.connect(EmbeddedPostgres(sample.data / "postgres").url(DATABASE)) as connection:
        assert connection.execute(CHECKED, (json.dumps(found), FIRST)).rowcount > 0


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "scheme", "locale", "dmarc", "verdict"),
    [
        ("desktop", "light", "en-GB", "pass", "proved"),
        ("phone", "dark", "da-DK", "fail", "contradicted"),
    ],
)
def test_the_sender_is_judged_and_the_reasons_are_one_key_away(
    sample: Running, open_page: OpenPage, size: str, scheme: str, locale: str, dmarc: str, verdict: str
) -> None:
    checked(sample, dmarc)
    page = open_page(size=size, scheme=scheme, locale=locale)
    open_conversation(page)
    texts = DANISH if locale == "da-DK" else ENGLISH
    judged = page.locator(".sender-check").first
    expect(judged.locator("summary")).to_have_text(texts[f"sender.{verdict}"])
    reasons = judged.locator("dl")
    expect(reasons).not_to_be_visible()
    judged.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(reasons).to_contain_text(f"{dmarc} (reject)")
    expect(judged).to_contain_text(texts[f"sender.{verdict}.says"].replace("{domain}", "example.com"))
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    if locale == "da-DK":
        assert untranslated(page) == set()
