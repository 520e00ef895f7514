"""The shared retrieval sets: pages, questions, and which page answers which question."""

import csv
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

READ = 500  # characters of a page that get a vector, as the baselines have it; words see the whole page
INTENT_PAGES, INTENT_QUESTIONS = 2_000, 300


class NoDataError(Exception):
    """The folder of shared data is not there; the message says where it was looked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is filed: its title is the subject."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Pages, questions by their key, and the grades of the pages that answer them."""

    name: str
    language: str
    pages: tuple[Page, ...]
    questions: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]


def retrieval_folder() -> Path:
    """Where the sets lie: POSTHUS_TEST_DATA, or beside the checkout; raises NoDataError."""
    default = Path(__file__).parents[1] / ".." / "shared" / "data"
    folder = Path(os.environ.get("POSTHUS_TEST_DATA", default)).resolve() / "retrieval"
    if not folder.is_dir():
        raise NoDataError("there are no retrieval sets; set POSTHUS_TEST_DATA to the folder of shared data")
    return folder


def retrieval_sets(folder: Path) -> tuple[RetrievalSet, ...]:
    """Every set of the folder; two of them look in the same Danish pages."""
    help_folder = folder / "libreoffice-help"
    danish, english = _pages(help_folder / "corpus.da.jsonl"), _pages(help_folder / "corpus.en.jsonl")
    return (
        _judged("stackfaq", "en", _pages(folder / "stackfaq" / "corpus.jsonl"), folder / "stackfaq", ""),
        _judged("help-da", "da", danish, help_folder, ".da"),
        _judged("help-en", "en", english, help_folder, ".en"),
        _judged("help-en-to-da", "da", danish, help_folder, ".xx-entitle"),
        _intents(folder / "banking77"),
    )


def _judged(name: str, language: str, pages: tuple[Page, ...], folder: Path, part: str) -> RetrievalSet:
    questions = {one["_id"]: one["text"] for one in _lines(folder / f"queries{part}.jsonl")}
    grades: dict[str, dict[str, int]] = {}
    known = {page.key for page in pages}
    with (folder / f"qrels{part}.tsv").open(encoding="utf-8", newline="") as file:
        for question, page, grade in csv.reader(file, delimiter="\t"):
            if question in questions and page in known and int(grade) > 0:
                grades.setdefault(question, {})[page] = int(grade)
    asked = {key: text for key, text in questions.items() if key in grades}
    return RetrievalSet(name, language, pages, asked, grades)


def _intents(folder: Path) -> RetrievalSet:
    """Questions of customers without titles; what has the same intent answers, spread evenly over the file."""
    train, test = list(_lines(folder / "train.jsonl")), list(_lines(folder / "test.jsonl"))
    kept = train[:: max(1, len(train) // INTENT_PAGES)][:INTENT_PAGES]
    asked = test[:: max(1, len(test) // INTENT_QUESTIONS)][:INTENT_QUESTIONS]
    pages = tuple(Page(one["_id"], "", one["text"]) for one in kept)
    grades = {
        one["_id"]: {other["_id"]: 1 for other in kept if other["intent"] == one["intent"]} for one in asked
    }
    return RetrievalSet("banking77", "en", pages, {one["_id"]: one["text"] for one in asked}, grades)


def _pages(file: Path) -> tuple[Page, ...]:
    return tuple(Page(one["_id"], one["title"], one["text"]) for one in _lines(file))


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
