"""What people do all day: read, close, search; and new mail and webhooks that appear by themselves."""

import json
import re
import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DRAFTS, FIRST, OpenPage, open_conversation, sign_in
from tests.running import Running, wait_for


def row(page: Page, text: str) -> Locator:
    return page.get_by_text(text).first


@pytest.mark.browser
def test_a_wrong_password_is_refused_in_words(sample: Running, open_page: OpenPage) -> None:
    page = open_page()
    page.context.clear_cookies()
    page.goto(f"{sample.url}/login")
    page.locator("input[type=email]").fill("nobody@example.com")
    page.locator("input[type=password]").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).not_to_be_empty()


@pytest.mark.browser
def test_a_mail_appears_without_reload_and_moves_nothing(sample: Running, open_page: OpenPage) -> None:
    page = open_page()
    expect(row(page, FIRST)).to_be_visible()
    page.evaluate(
        "() => { window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(one => window.shift += one.value))"
        ".observe({type: 'layout-shift'}) }"
    )
    content = b"From: Ny Kunde <ny@kunde.example.com>\r\nSubject: Kom selv frem\r\n\r\nHej med jer\r\n"
    with smtplib.SMTP("127.0.0.1", sample.smtp_port, timeout=30) as smtp:
        smtp.sendmail("ny@kunde.example.com", ["post@falkedal.example.dk"], content)
    expect(row(page, "Kom selv frem")).to_be_visible(timeout=15_000)
    assert page.evaluate("window.shift") < 0.01


@pytest.mark.browser
def test_a_page_and_a_table_that_came_along_open_in_place(sample: Running, open_page: OpenPage) -> None:
    page = open_page()
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Pia Dokument <pia@dokument.example.com>", "Tegning vedhæftet"
    mail.set_content("Se vedhæftet.")
    mail.add_attachment(b"%PDF-1.4\n%%EOF", maintype="application", subtype="pdf", filename="tegning.pdf")
    mail.add_attachment("vare;pris\ntegl;12\n", subtype="csv", filename="priser.csv")
    with smtplib.SMTP("127.0.0.1", sample.smtp_port, timeout=30) as smtp:
        smtp.send_message(mail, to_addrs=["post@falkedal.example.dk"])
    open_conversation(page, "Tegning vedhæftet")
    page.get_by_role("link", name="priser.csv").click()
    expect(page.get_by_role("dialog")).to_contain_text("tegl;12")
    page.keyboard.press("Escape")
    assert page.evaluate("() => navigator.pdfViewerEnabled"), "this browser has a viewer"
    with page.expect_request("**/api/v1/attachments/*?inline=1") as asked:
        page.get_by_role("link", name="tegning.pdf").click()
    expect(page.get_by_role("dialog").locator("iframe")).to_have_attribute("title", "tegning.pdf")
    told = page.request.get(asked.value.url).headers  # what the viewer reads is not shown to the test
    assert told["content-disposition"].startswith("inline")
    expect(page.get_by_role("dialog").get_by_role("link", name="Download")).to_be_visible()


@pytest.mark.browser
def test_a_webhook_appears_without_reload(sample: Running, open_page: OpenPage) -> None:
    made = sample.lines("source", "add", "webhook", "--name", "Ny formular", "--unsigned", "--json")[0]
    page = open_page()
    form = {
        "name": "Web Besøgende",
        "email": "web@kunde.example.com",
        "message": "Ring venligst i morgen tidlig",
    }
    path = str(made["url"]).removeprefix(sample.url)
    assert sample.post(path, json.dumps(form).encode(), {"Content-Type": "application/json"}) == 202
    expect(row(page, "Ring venligst i morgen tidlig")).to_be_visible(timeout=15_000)


@pytest.mark.browser
def test_the_keyboard_opens_a_conversation_and_the_back_button_returns(open_page: OpenPage) -> None:
    page = open_page()
    expect(row(page, FIRST)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(inbox|conversations)/\d+"))
    page.go_back()
    expect(page).to_have_url(re.compile("/inbox"))
    expect(row(page, FIRST)).to_be_visible()


@pytest.mark.browser
def test_search_finds_while_typing_keeps_its_state_in_the_url_and_opens_the_message(
    sample: Running, open_page: OpenPage
) -> None:
    page = open_page("/search")
    page.get_by_role("searchbox").first.fill("tagpap garage")
    expect(row(page, "Nyt tagpap på garage")).to_be_visible()
    expect(page).to_have_url(re.compile("q=tagpap"))
    page.reload()
    expect(row(page, "Nyt tagpap på garage")).to_be_visible()
    row(page, "Nyt tagpap på garage").click()
    expect(page).to_have_url(re.compile(r"/(inbox|conversations)/\d+"))


@pytest.mark.browser
def test_ticked_rows_are_closed_together_and_z_takes_it_back(open_page: OpenPage) -> None:
    page = open_page()
    names = page.locator("[data-conversation]")
    expect(row(page, FIRST)).to_be_visible()
    before = [names.nth(at).get_attribute("data-conversation") for at in range(3)]
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.get_by_role("toolbar")).to_contain_text("3 ticked")
    page.keyboard.press("e")
    for one in before:
        expect(page.locator(f'[data-conversation="{one}"]')).to_have_count(0)
    page.keyboard.press("z")
    for one in before:
        expect(page.locator(f'[data-conversation="{one}"]')).to_be_visible()


@pytest.mark.browser
def test_all_that_match_are_changed_in_the_database_and_back_again(open_page: OpenPage) -> None:
    page = open_page("/inbox?view=closed")
    count = page.locator(".inbox-head .count")
    expect(count).to_have_text(re.compile(r"\d"))
    closed = count.inner_text()
    expect(page.locator("[data-conversation]").first).to_be_visible()
    page.keyboard.press("x")
    page.get_by_role("button", name=re.compile("Select all")).click()
    page.get_by_role("button", name="Mark read").click()
    expect(page.get_by_text(re.compile("Marked read"))).to_be_visible()
    expect(count).to_have_text(closed)


@pytest.mark.browser
def test_a_snoozed_conversation_sleeps_and_is_woken(open_page: OpenPage) -> None:
    page = open_page()
    subject = "Zinc flashings for Quay House turret"
    open_conversation(page, subject)
    page.keyboard.press("h")
    page.get_by_role("menuitem", name=re.compile("In a month")).click()
    expect(page.locator(".conversation-head .badge.warn")).to_contain_text("Snoozed until")
    page.get_by_role("link", name=re.compile("^Snoozed")).click()
    expect(page.locator("[data-conversation]").filter(has_text=subject)).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("[data-conversation]")).to_have_count(0)


@pytest.mark.browser
def test_a_conversation_is_assigned_and_tagged_by_keyboard(
    open_page: OpenPage, mette: tuple[str, str]
) -> None:
    page = open_page()
    open_conversation(page, "Cold summer house, is a heat pump enough?")
    head = page.locator(".conversation-head")
    narrow = page.locator(".menu-filter input")
    page.keyboard.press("a")
    expect(narrow).to_be_focused()
    page.keyboard.type("mette")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(head).to_contain_text("Mette Dalgaard")
    page.keyboard.press("t")
    expect(narrow).to_be_focused()
    page.keyboard.type("Varmepumpe")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(head.locator(".tag")).to_have_text("Varmepumpe")
    expect(page.locator(".activity").last).to_contain_text("Varmepumpe")


@pytest.mark.browser
def test_a_note_is_kept_while_it_is_written_and_its_mention_reaches_the_one_named(
    sample: Running, browser: Browser, open_page: OpenPage, mette: tuple[str, str]
) -> None:
    page = open_page()
    open_conversation(page)
    page.keyboard.press("c")
    box = page.locator(".note-field textarea")
    box.press_sequentially("Ring til dem, @met")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    expect(box).to_have_value("Ring til dem, @Mette Dalgaard ")
    box.press_sequentially("i dag")
    wait_for(lambda: any(text.endswith("i dag") for text in page.evaluate(DRAFTS)))
    page.reload()
    page.get_by_role("button", name="Go on with the note").click()
    expect(box).to_have_value("Ring til dem, @Mette Dalgaard i dag")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline .note")).to_contain_text("@Mette Dalgaard i dag")
    page = browser.new_context(locale="en-GB").new_page()
    sign_in(page, sample, mette)
    page.get_by_role("link", name="Mentions").click()
    expect(page.locator(".note")).to_contain_text("Ring til dem")
    page.get_by_role("button", name="Mark all read").click()
    expect(page.get_by_role("button", name="Mark all read")).to_have_count(0)
    page.context.close()


@pytest.mark.browser
def test_a_view_is_built_of_conditions_saved_and_dropped_with_a_way_back(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Filter and views").click()
    page.get_by_role("menuitem", name="New view").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Chats")
    dialog.get_by_label("What", exact=True).select_option(label="Channel")
    dialog.get_by_label("Which", exact=True).select_option(label="Chat")
    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"[1-9]\d* conversations"))
    dialog.get_by_role("button", name="Save").click()
    tab = page.get_by_role("navigation", name="Views").get_by_role("link", name=re.compile("^Chats"))
    expect(tab).to_have_attribute("aria-current", "page")
    expect(row(page, "Visitor - Fatma")).to_be_visible()
    expect(page.locator("[data-conversation]").filter(has_text=FIRST)).to_have_count(0)
    page.get_by_role("button", name="Filter and views").click()
    page.get_by_role("menuitem", name="Drop this view").click()
    expect(tab).to_have_count(0)
    page.keyboard.press("z")
    expect(tab).to_be_visible()


@pytest.mark.browser
def test_a_card_is_moved_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/board")
    first, second = page.locator(".board-column").nth(0), page.locator(".board-column").nth(1)
    card = first.get_by_role("row").first
    subject = card.locator("strong").inner_text()
    focused = page.locator(":focus")
    card.get_by_role("button", name=re.compile("^Move ")).last.focus()
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-roledescription", "drop indicator")
    inside = focused.get_attribute("id") or ""
    page.keyboard.press("Tab")
    expect(focused).not_to_have_id(inside)
    page.keyboard.press("Enter")
    expect(second.get_by_role("row").first).to_contain_text(subject)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(first).to_contain_text(subject)


@pytest.mark.browser
def test_close_and_next_opens_the_next_conversation(open_page: OpenPage) -> None:
    page = open_page()
    open_conversation(page)
    opened = page.url
    page.keyboard.press("Shift+E")
    expect(page).not_to_have_url(opened)
    expect(page.locator("[data-message]").first).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("[data-conversation]").filter(has_text=FIRST)).to_be_visible()


@pytest.mark.browser
def test_help_and_palette_open_with_their_keys(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("[data-conversation]").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.browser
def test_a_contact_and_a_company_are_found_by_name_and_opened(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("[data-conversation]").first).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.get_by_role("searchbox").fill("lykkegaard")
    expect(page).to_have_url(re.compile(r"/contacts\?q=lykkegaard$"))
    expect(page.locator(".people-line")).to_have_count(1)
    page.locator(".people-line").click()
    expect(page.locator("h1")).to_have_text("Steffen Lykkegaard")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("lykkegaard")
    page.locator(".tab", has_text=re.compile("Companies|Firmaer")).click()
    expect(page).to_have_url(re.compile("/companies"))
    page.get_by_role("searchbox").fill("rugager")
    expect(page).to_have_url(re.compile(r"/companies\?q=rugager$"))
    page.locator(".people-line", has_text=re.compile("Rugager")).click()
    expect(page.locator("h1")).to_have_text(re.compile("Rugager"))
