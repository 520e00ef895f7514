"""The texts of the client, and those on screen that have not been put into Danish."""

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.running import ROOT

ENTRY = re.compile(r'^\s*"([^"]+)":\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)
SHOWN = """() => {
  const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) found.add(walk.currentNode.data.trim());
  for (const node of document.querySelectorAll("*"))
    for (const name of ["aria-label", "title", "placeholder", "alt", "data-tip"])
      if (node.hasAttribute(name)) found.add(node.getAttribute(name).trim());
  return [...found].filter(text => text !== "");
}"""


def catalogue(language: str) -> dict[str, str]:
    """Every text of the client in one language, by its name."""
    folder = ROOT / "web" / "src" / "i18n" / language
    files = "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.ts")))
    return dict(ENTRY.findall(files))


ENGLISH, DANISH = catalogue("en"), catalogue("da")
FOREIGN = {
    text for key, text in ENGLISH.items() if DANISH.get(key) != text and text not in DANISH.values()
} - {"Open", "Dansk"}  # a subject or a name may be that short; a language has its own name in every language


def untranslated(page: Page) -> set[str]:
    """What a Danish page shows of the English catalogue, or the name of a text in place of the text."""
    shown: list[str] = page.evaluate(SHOWN)
    return {text for text in shown if text in FOREIGN or text in ENGLISH}
