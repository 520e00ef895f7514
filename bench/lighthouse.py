"""Lighthouse's own judgement of the sign-in, the inbox and a conversation, as a telephone on a slow network has them.

`posthus bench lighthouse`. Lighthouse is fetched from the npm registry into a temporary folder; it is no part of Posthus.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path
from statistics import median

from bench.database import fresh_database
from bench.large_workspace import make_large_workspace
from bench.serving import posthus_serving
from bench.web_browser import chromium, sign_in
from bench.web_list import Figures
from tools.build_web import npm

VERSION = "13.5.0"
CONVERSATIONS = 20_000
ROUNDS = 3
CATEGORIES = ("performance", "accessibility", "best-practices")
_FLAGS = "--headless=new --no-sandbox --disable-gpu"


def run() -> Figures:
    """The median score of each category for each page, of 100 (at least 95), and its largest paint."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("this benchmark needs Chromium (Debian package chromium)")
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="posthus-bench-") as temporary, fresh_database() as database:
        folder = Path(temporary)
        (folder / "package.json").write_text("{}")
        npm(folder, "install", "--no-audit", "--no-fund", "--loglevel=error", f"lighthouse@{VERSION}")
        make_large_workspace(database, CONVERSATIONS)
        with posthus_serving(folder / "data", database.url) as base:
            with chromium() as browser:
                [cookie] = sign_in(browser, base)["cookies"]
            signed_in = {"Cookie": f"{cookie['name']}={cookie['value']}"}
            os.environ["CHROME_PATH"] = found
            for page, path in (
                ("sign-in", "/login"),
                ("inbox", "/inbox"),
                ("conversation", f"/conversations/{CONVERSATIONS}"),
            ):
                figures.update(_judged(folder, page, base + path, signed_in if page != "sign-in" else {}))
    return figures


def _judged(folder: Path, page: str, url: str, headers: dict[str, str]) -> Figures:
    rounds = [_round(folder, url, headers) for _ in range(ROUNDS)]
    return {f"{page}, {name}": median(one[name] for one in rounds) for name in rounds[0]}


def _round(folder: Path, url: str, headers: dict[str, str]) -> dict[str, float]:
    told = folder / "told.json"
    kept = folder / "headers.json"
    kept.write_text(json.dumps(headers))
    command = ["lighthouse", url, f"--extra-headers={kept}", f"--chrome-flags={_FLAGS}", "--quiet"]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--output=json", f"--output-path={told}"]
    npm(folder, "exec", "--", *command)
    report = json.loads(told.read_text(encoding="utf-8"))
    scores = {
        f"{name} of 100 (at least 95)": report["categories"][name]["score"] * 100 for name in CATEGORIES
    }
    return {**scores, "largest paint, ms": report["audits"]["largest-contentful-paint"]["numericValue"]}
