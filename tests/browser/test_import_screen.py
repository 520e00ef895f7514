"""Old mail is sent in on screen: broken off, taken up with the same file, read, and what is damaged is named."""

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import built, looking, sign_in
from tests.browser.languages import DANISH, ENGLISH, untranslated
from tests.browser.test_screens import accessible, keep
from tests.running import Running, running

PIECES = "**/api/v1/imports/*/content"
LOOKS = [("desktop", "light", "en-GB"), ("phone", "dark", "da-DK")]
Say = Callable[[str], str]


@pytest.fixture(scope="module")
def posthus(scratch: Path) -> Iterator[Running]:
    """An empty Posthus of its own: what comes in would change everybody's inbox."""
    built()
    with running(scratch / "imports") as instance:
        yield instance


@pytest.fixture(scope="module")
def opened(posthus: Running, browser: Browser) -> Iterator[Callable[[str, str, str], Page]]:
    """Opens the screen in one look, signed in."""
    pages: list[Page] = []

    def open_one(size: str, scheme: str, locale: str) -> Page:
        pages.append(looking(browser, (size, scheme, locale)))
        sign_in(pages[-1], posthus)
        pages[-1].goto(f"{posthus.url}/import")
        return pages[-1]

    yield open_one
    for page in pages:
        page.context.close()


def texts_of(locale: str) -> Say:
    texts = DANISH if locale == "da-DK" else ENGLISH
    return lambda name: texts[f"imports.{name}"]


def looked_at(page: Page, name: str, size: str, scheme: str) -> None:
    """Accessible, wholly translated, and kept as a picture where that is asked for."""
    accessible(page)
    if page.locator("html").get_attribute("lang") == "da":
        assert untranslated(page) == set()
    if os.environ.get("POSTHUS_SCREENS"):
        keep(page, f"{name}-{size}-{scheme}")


def into(page: Page, say: Say, source: str) -> None:
    """Choose a new source of that name."""
    page.get_by_label(say("source"), exact=True).select_option("new")
    page.get_by_label(say("source.name"), exact=True).fill(source)


def boxes(shared_data: Path, folder: Path, size: str) -> tuple[Path, Path]:
    """Mail of this look's own, and a file that has the same name and size and another content."""
    whole = (shared_data / "mail/lists/usrp-users-2020H1.mbox").read_bytes()
    (folder / "anden").mkdir()
    box, other = folder / f"liste-{size}.mbox", folder / "anden" / f"liste-{size}.mbox"
    box.write_bytes(whole.replace(b"Message-ID: <", b"Message-ID: <%s." % size.encode()))
    other.write_bytes(box.read_bytes()[::-1])
    return box, other


@pytest.mark.browser
@pytest.mark.parametrize(("size", "scheme", "locale"), LOOKS)
def test_a_mailbox_goes_up_through_a_break_and_a_reload(
    opened: Callable[[str, str, str], Page],
    shared_data: Path,
    tmp_path: Path,
    size: str,
    scheme: str,
    locale: str,
) -> None:
    page, say = opened(size, scheme, locale), texts_of(locale)
    box, other = boxes(shared_data, tmp_path, size)
    passed: list[Route] = []

    def only_one(route: Route) -> None:
        passed.append(route)
        route.continue_() if len(passed) == 1 else route.abort("connectionreset")

    page.route(PIECES, only_one)
    into(page, say, f"Arkiv {size}")
    page.locator("[data-choose=files]").set_input_files(box)
    card = page.get_by_role("article", name=box.name)
    expect(card).to_contain_text(say("offline"))
    share = card.get_by_role("progressbar").get_attribute("aria-valuenow")
    looked_at(page, "import", size, scheme)

    page.once("dialog", lambda dialog: dialog.accept())  # it asks before it leaves
    page.reload()
    expect(card.get_by_role("button", name=say("resume"))).to_be_visible()
    assert card.get_by_role("progressbar").get_attribute("aria-valuenow") == share
    page.unroute(PIECES)
    card.locator("[data-resume]").set_input_files(other)
    expect(page.locator(".notice.bad")).to_contain_text(box.name)
    card.locator("[data-resume]").set_input_files(box)
    expect(card).to_have_attribute("data-state", "done", timeout=90_000)
    expect(card).to_contain_text(say("new.count.other").replace("{count}", "872"))
    card.get_by_role("link", name=say("show")).click()
    expect(page.locator("[data-conversation]").first).to_be_visible(timeout=30_000)


@pytest.mark.browser
@pytest.mark.parametrize(("size", "scheme", "locale"), LOOKS)
def test_what_cannot_be_read_is_named_and_messages_go_up_as_one(
    opened: Callable[[str, str, str], Page], tmp_path: Path, size: str, scheme: str, locale: str
) -> None:
    page, say = opened(size, scheme, locale), texts_of(locale)
    letter = "From: kunde@example.com\nSubject: Nr. {}\n\nHej\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("sager/1.eml", letter.format(1))
        archive.writestr("sager/tom.eml", "")
    (tmp_path / f"sager-{size}.zip").write_bytes(packed.getvalue())
    for number in range(3):
        (tmp_path / f"{size}-{number}.eml").write_text(letter.format(f"{number} {size}"))
    (tmp_path / "billede.png").write_bytes(b"\x89PNG\r\n")
    page.locator("[data-choose=files]").set_input_files(sorted(tmp_path.iterdir()))
    letters = page.get_by_role("article", name=f"{size}-0.eml +2.tar")
    expect(letters).to_have_attribute("data-state", "done", timeout=60_000)
    expect(letters).to_contain_text(say("new.count.other").replace("{count}", "3"))
    zipped = page.get_by_role("article", name=f"sager-{size}.zip")
    expect(zipped).to_contain_text(say("damaged.one").replace("{count}", "1"), timeout=60_000)
    zipped.locator("summary").click()
    expect(zipped.get_by_role("row").filter(has_text="sager/tom.eml")).to_contain_text(say("reason.empty"))
    picture = page.get_by_role("article", name="billede.png").first
    expect(picture).to_contain_text(say("trouble.no_mail"))
    looked_at(page, "import-done", size, scheme)


@pytest.mark.browser
def test_a_folder_is_chosen_and_files_are_dropped(
    opened: Callable[[str, str, str], Page], tmp_path: Path
) -> None:
    page, say = opened(*LOOKS[0]), texts_of(LOOKS[0][2])
    into(page, say, "Mapper")
    for name in ("cur/1:2,S", "new/2", "tmp/3"):
        (tmp_path / "Maildir" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "Maildir" / name).write_text(f"From: b@example.com\nSubject: {name}\n\nHej\n")
    page.locator("[data-choose=folder]").set_input_files(tmp_path / "Maildir")
    folder = page.get_by_role("article", name="Maildir +1.tar")
    expect(folder).to_contain_text(say("new.count.other").replace("{count}", "2"), timeout=60_000)
    dropped = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["From: c@example.com\\nSubject: Sluppet\\n\\nHej\\n"], "sluppet.eml"));
          return data;
        }"""
    )
    zone = page.get_by_role("group", name=say("drop.label"))
    zone.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(zone).to_have_attribute("data-over", "true")
    page.route(PIECES, lambda route: route.abort("connectionreset"), times=1)  # it goes on by itself
    zone.dispatch_event("drop", {"dataTransfer": dropped})
    expect(zone).to_have_attribute("data-over", "false")
    letter = page.get_by_role("article", name="sluppet.eml")
    expect(letter).to_contain_text(say("new.count.one").replace("{count}", "1"), timeout=60_000)


@pytest.mark.browser
def test_an_import_is_cancelled_and_those_of_the_command_line_are_shown(
    opened: Callable[[str, str, str], Page], posthus: Running, tmp_path: Path
) -> None:
    page, say = opened(*LOOKS[0]), texts_of(LOOKS[0][2])
    expect(page.get_by_role("heading", name=say("new"))).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("import")
    expect(page.get_by_role("option", name="Import").first).to_be_visible()
    page.keyboard.press("Escape")
    page.route(PIECES, lambda route: route.abort("connectionreset"))
    (tmp_path / "stor.mbox").write_bytes(
        b"From a@example.com Mon Jan  5 10:11:12 2026\nSubject: Hej\n\nHej\n"
    )
    page.locator("[data-choose=files]").set_input_files(tmp_path / "stor.mbox")
    card = page.get_by_role("article", name="stor.mbox")
    card.get_by_role("button", name=say("cancel")).click()
    page.get_by_role("dialog").get_by_role("button", name=say("cancel")).click()
    expect(card).to_have_attribute("data-state", "cancelled")
    expect(card.get_by_role("button")).to_have_count(0)
    # Without a reload: the server tells that something was imported.
    (tmp_path / "server.mbox").write_bytes((tmp_path / "stor.mbox").read_bytes())
    done = posthus.command("import", str(tmp_path / "server.mbox"), "--source", "Serverens post")
    assert done.returncode == 0, done.stderr
    told = page.get_by_role("article", name="server.mbox")
    expect(told).to_contain_text(say("way.command"))
    expect(told).to_have_attribute("data-state", "done")
