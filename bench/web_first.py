"""The first and the second visit, beside a static page of the same bytes: when the largest part of it is painted."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, StorageState

from bench.serving import ROOT, served
from bench.web_browser import ROW, Seat, seat
from bench.web_list import Figures, open_inbox

VISITS = 5
BUILT = ROOT / "posthus" / "web"
_ROOT = re.compile(r'<div id="root">.*</div>(?=\s*</body>)', re.DOTALL)
_SCRIPT = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')


@contextmanager
def still_page(browser: Browser, base: str, state: StorageState, folder: Path) -> Iterator[str]:
    """The address of the inbox as a still: what it draws, its style, font and scripts, of which none is run."""
    with seat(browser, state) as sitting:
        open_inbox(sitting, base, "/inbox")
        body = sitting.page.evaluate("() => document.body.innerHTML")
        language = sitting.page.evaluate(
            "() => performance.getEntriesByType('resource').map(one => one.name).find(one => /\\/en-start-/.test(one))"
        )
    shutil.copytree(BUILT, folder, dirs_exist_ok=True)
    html = (BUILT / "index.html").read_text(encoding="utf-8")
    scripts = [*_SCRIPT.findall(html), f"./assets/{str(language).rpartition('/')[2]}"]
    fetched = "".join(f'<link rel="preload" as="fetch" crossorigin href="{name}">' for name in scripts)
    html = _SCRIPT.sub("", html).replace("</head>", f"{fetched}</head>")
    (folder / "index.html").write_text(_ROOT.sub(lambda _: body, html), encoding="utf-8")
    with served("bench.web_static:folder", {"POSTHUS_BENCH_FOLDER": str(folder)}) as still:
        yield still


def measure_visits(browser: Browser, base: str, state: StorageState, folder: Path) -> Figures:
    """Medians of the largest paint, ms: as the machine is, and at 4x slower on slow 4G."""
    figures: Figures = {}
    with still_page(browser, base, state, folder) as still:
        for slow, how in ((False, "this machine"), (True, "4x slower, slow 4G")):
            client = _visits(browser, f"{base}/inbox", state, slow=slow)
            static = _visits(browser, f"{still}/inbox", None, slow=slow)
            for visit, ours, theirs in zip(("first", "second"), client, static, strict=True):
                figures[f"{visit} visit, largest paint, {how}, ms"] = ours
                figures[f"{visit} visit, a still page of the same bytes, {how}, ms"] = theirs
    return figures


def _visits(browser: Browser, url: str, state: StorageState | None, *, slow: bool) -> tuple[float, float]:
    first, second = [], []
    for _ in range(VISITS):
        with seat(browser, state) as sitting:
            if slow:
                sitting.slow_down(4)
                sitting.slow_network()
            first.append(_largest_paint(sitting, url))
            sitting.page.wait_for_timeout(500)  # what was shown is put into the store
            second.append(_largest_paint(sitting, url))
    return median(first), median(second)


def _largest_paint(sitting: Seat, url: str) -> float:
    sitting.page.goto(url)
    sitting.page.locator(ROW).first.wait_for()
    sitting.page.wait_for_load_state("networkidle")
    sitting.frame()
    found: float = sitting.page.evaluate("() => seen.paint")
    return found
