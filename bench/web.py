"""The web client on a million conversations: the real server, a headless Chromium, and the budgets of the design.

`posthus bench web`; POSTHUS_BENCH_CONVERSATIONS makes it smaller or larger.
"""

import os
import re
import tempfile
from pathlib import Path

from bench.api import Asking, timed
from bench.database import fresh_database
from bench.large_workspace import LargeWorkspace, make_large_workspace
from bench.serving import posthus_serving
from bench.web_browser import chromium, seat, sign_in
from bench.web_feel import measure_events
from bench.web_first import BUILT, measure_visits
from bench.web_list import Figures, measure_list

_CALLS = 150  # of each kind; together below what a key may ask for in a minute


def run() -> Figures:
    """Make the workspace, serve it, look at it."""
    total = int(os.environ.get("POSTHUS_BENCH_CONVERSATIONS", "1000000"))
    with fresh_database() as database:
        made = make_large_workspace(database, total)
        return {"conversations": total, **measure(database.url, made, total)}


def measure(database_url: str, made: LargeWorkspace, total: int) -> Figures:
    """Every figure, on a workspace that is there."""
    figures = _sizes()
    with (
        tempfile.TemporaryDirectory(prefix="posthus-bench-") as folder,
        posthus_serving(Path(folder) / "data", database_url) as base,
        chromium() as browser,
    ):
        figures.update(_answers(base, made, total))
        state = sign_in(browser, base)
        with seat(browser, state) as sitting:
            figures.update(measure_list(sitting, base))
        with seat(browser, state) as sitting:
            figures.update(measure_events(sitting, base))
        figures.update(measure_visits(browser, base, state, Path(folder) / "still"))
    return figures


def _sizes() -> Figures:
    html = (BUILT / "index.html").read_text(encoding="utf-8")
    packed = {path.name.removesuffix(".br"): path.stat().st_size for path in BUILT.glob("assets/*.js.br")}
    first = [size for name, size in packed.items() if re.match("(da|en)-start-", name)]
    start = sum(size for name, size in packed.items() if name in html) + max(first)
    lazy = [size for name, size in packed.items() if name not in html]
    return {
        "initial JavaScript, kB brotli (at most 130)": start / 1000,
        "largest lazy chunk, kB brotli (at most 60)": max(lazy) / 1000,
        "all JavaScript, kB brotli": sum(packed.values()) / 1000,
    }


def _answers(base: str, made: LargeWorkspace, total: int) -> Figures:
    asking = Asking(base, made, total)
    asking.anchors()
    figures: Figures = {}
    for name, ask in (
        ("an endpoint that does nothing", asking.empty),
        ("inbox page", lambda: asking.get("/api/v1/conversations", view="inbox", limit="100")),
        ("a page anywhere", asking.anywhere),
        ("a conversation opened", asking.open),
    ):
        figures[f"{name}, p50 ms"], figures[f"{name}, p95 ms"] = timed(ask, _CALLS)
    return figures
