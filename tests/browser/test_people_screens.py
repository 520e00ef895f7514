"""People: who may be the same, what is alike, a copy of everything, being forgotten, and how long things are kept."""

import re
import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FIRST, OpenPage, open_conversation
from tests.running import Running


def mail(sample: Running, name: str, address: str, subject: str) -> None:
    """One mail through the real intake."""
    message = EmailMessage()
    message["From"], message["Subject"] = f"{name} <{address}>", subject
    message["To"] = "post@falkedal.example.dk"
    message.set_content("Hej med jer\n\nVi vil gerne høre om prisen.\n")
    with smtplib.SMTP("127.0.0.1", sample.smtp_port, timeout=30) as smtp:
        smtp.send_message(message)


def open_sender(page: Page, subject: str) -> None:
    """From the list to the page of the person who wrote."""
    row = page.locator("[data-conversation]").filter(has_text=subject)
    expect(row).to_be_visible(timeout=15_000)
    row.click()
    page.get_by_role("button", name="About", exact=True).click()
    page.locator(".side a[href*='/contacts/']").first.click()
    expect(page.locator(".figures")).to_be_visible()


@pytest.mark.browser
def test_two_who_may_be_one_are_made_one_and_two_again(sample: Running, open_page: OpenPage) -> None:
    mail(sample, "Karla Dublet", "karla@dublet.example.com", "Karla skriver første gang")
    mail(sample, "Karla Dublet", "k.dublet@dublet.example.com", "Karla skriver fra en anden adresse")
    page = open_page()
    open_sender(page, "Karla skriver fra en anden adresse")
    same = page.get_by_role("region", name="Perhaps the same")
    expect(same).to_contain_text("karla@dublet.example.com")
    expect(same).to_contain_text("Same: company and name")
    same.get_by_role("button", name="Make them one").click()
    expect(same).to_have_count(0)
    addresses = page.locator(".way dd")
    expect(addresses).to_have_count(2)
    page.keyboard.press("z")
    expect(addresses).to_have_count(1)
    expect(same).to_contain_text("karla@dublet.example.com")


@pytest.mark.browser
def test_a_conversation_names_others_about_the_same(open_page: OpenPage) -> None:
    page = open_page()
    open_conversation(page, "Zinc flashings for Quay House turret")
    page.get_by_role("button", name="About", exact=True).click()
    alike = page.locator(".side section").filter(has_text="Similar conversations")
    expect(alike.get_by_role("link").first).to_be_visible(timeout=60_000)
    subject = alike.get_by_role("link").first.locator(".cut").inner_text()
    alike.get_by_role("link").first.click()
    expect(page.locator(".conversation-head")).to_contain_text(subject)


@pytest.mark.browser
def test_a_person_is_packed_and_then_erased_with_a_receipt(sample: Running, open_page: OpenPage) -> None:
    mail(sample, "Viggo Glemt", "viggo@glemt.example.com", "Glem mig igen")
    page = open_page()
    open_sender(page, "Glem mig igen")
    page.get_by_role("button", name="Pack a copy").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the copy").click(timeout=30_000)
    assert download.value.suggested_filename.endswith(".zip")
    page.get_by_role("button", name="Erase…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 message goes")
    field = dialog.get_by_label("Type the name")
    field.fill("Somebody Else")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(dialog.get_by_role("alert")).to_contain_text("to confirm")
    field.fill("viggo glemt")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(page.locator("[role=status]").filter(has_text="Viggo Glemt is erased")).to_be_visible(
        timeout=30_000
    )
    expect(page).to_have_url(re.compile("/inbox"))
    expect(page.locator("[data-conversation]").filter(has_text="Glem mig igen")).to_have_count(0)
    page.goto(f"{sample.url}/settings?section=retention")
    expect(page.get_by_role("group", name="Erased people").get_by_role("row")).to_have_count(2)


@pytest.mark.browser
def test_what_is_held_is_not_erased(sample: Running, open_page: OpenPage) -> None:
    mail(sample, "Hedda Holdt", "hedda@holdt.example.com", "Behold mig")
    page = open_page()
    open_sender(page, "Behold mig")
    page.get_by_role("button", name="Put under legal hold").click()
    expect(page.locator(".screen-head .badge")).to_have_text("Legal hold")
    page.get_by_role("button", name="Erase…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("under legal hold")
    dialog.get_by_label("Type the name").fill("Hedda Holdt")
    expect(dialog.get_by_role("button", name="Erase for good")).to_be_disabled()


@pytest.mark.browser
def test_a_rule_says_what_it_would_remove_before_it_is_made(open_page: OpenPage) -> None:
    page = open_page("/settings?section=retention")
    expect(page.get_by_role("heading", name="Everything is kept")).to_be_visible()
    page.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Days to keep").fill("1")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"would remove \d+ conversations"))
    dialog.get_by_label("Days to keep").fill("36500")
    expect(dialog.get_by_role("status")).to_contain_text("would remove 0 conversations")
    dialog.get_by_role("button", name="Keep for 36,500 days").click()
    rule = page.locator(".line-list li").filter(has_text="All sources without a rule")
    expect(rule).to_contain_text("kept for 36,500 days")
    rule.get_by_role("checkbox").click()
    expect(rule.get_by_role("checkbox")).not_to_be_checked()
    page.reload()
    expect(rule.get_by_role("checkbox")).not_to_be_checked()
    rule.get_by_role("button", name=re.compile("^Remove the rule")).click()
    expect(page.get_by_role("heading", name="Everything is kept")).to_be_visible()


@pytest.mark.browser
def test_a_conversation_on_paper_is_its_messages_alone(open_page: OpenPage) -> None:
    page = open_page()
    open_conversation(page)
    page.emulate_media(media="print")
    expect(page.locator("[data-message]").first).to_be_visible()
    expect(page.locator(".conversation-head h1, .conversation-head h2").first).to_contain_text(FIRST)
    for hidden in (".navigation", ".inbox-list", ".side", ".note-editor", ".message-foot"):
        expect(page.locator(hidden).first).to_be_hidden()
    whole = page.evaluate("() => document.querySelector('.timeline').scrollHeight")
    assert page.evaluate("() => document.body.scrollHeight") >= whole
