"""Lines that end a mail: closing phrases, mobile signatures, list footers (da, en, sv, no, de)."""

import re
from collections.abc import Sequence

CLOSING_PHRASES = (
    "med venlig hilsen",
    "med venlige hilsner",
    "med venlig hilsen / best regards",
    "med bedste hilsner",
    "med bedste hilsen",
    "venlig hilsen",
    "venlige hilsner",
    "venligst",
    "bedste hilsner",
    "bedste hilsen",
    "de bedste hilsner",
    "mange hilsner",
    "mange hilsener",
    "kærlig hilsen",
    "kærlige hilsner",
    "kh",
    "k.h",
    "hilsen",
    "hilsner",
    "hilsener",
    "hilsen fra",
    "mvh",
    "m.v.h",
    "m v h",
    "vh",
    "v.h",
    "dbh",
    "med vänlig hälsning",
    "med vänliga hälsningar",
    "vänliga hälsningar",
    "vänlig hälsning",
    "hälsningar",
    "bästa hälsningar",
    "med vennlig hilsen",
    "vennlig hilsen",
    "med hilsen",
    "beste hilsen",
    "best regards",
    "kind regards",
    "kindest regards",
    "warm regards",
    "with kind regards",
    "with best regards",
    "many regards",
    "regards",
    "rgds",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "sincerely",
    "sincerely yours",
    "best wishes",
    "all the best",
    "best",
    "cheers",
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "mit freundlichen gruessen",
    "freundliche grüße",
    "viele grüße",
    "beste grüße",
    "liebe grüße",
    "schöne grüße",
    "mfg",
    "lg",
    "vg",
)
# The longest phrase first, so that what is left of the line is a name or nothing.
CLOSING = re.compile(
    "(?:"
    + "|".join(re.escape(phrase) for phrase in sorted(CLOSING_PHRASES, key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)
MOBILE = re.compile(
    r"(?:sendt fra (?:min|mit|outlook|yahoo|mail|samsung|gmail|proton|e-mail)"
    r"|sent from (?:my|outlook|yahoo|mail|samsung|gmail|proton|a mobile|the all)|sent via (?:my|the samsung)"
    r"|hent outlook (?:til|for)|get outlook for|download outlook"
    r"|skickat från (?:min|mitt|outlook|yahoo)|sendt frå (?:min|mitt)|hämta outlook|last ned outlook|få outlook"
    r"|von meine[mr] \S{1,30}(?: \S{1,30}){0,3} gesendet|gesendet von (?:meine[mr]|outlook|mail|yahoo)"
    r"|diese nachricht wurde von meinem|outlook für (?:ios|android)"
    r"|envoyé (?:de mon|à partir d|depuis)|enviado desde mi|inviato da i|verstuurd vanaf mijn)",
    re.IGNORECASE,
)
LIST_WORDS = re.compile(
    r"mailing list|mailman|listinfo|unsubscribe|google groups|googlegroups|afmeld", re.IGNORECASE
)
MAX_MOBILE_LINE = 120
MAX_NAME_WORDS = 4


def is_closing(line: str) -> bool:
    """A closing phrase alone, or with a name after it: "Mvh. Anders", but not "Kh er initialer for …"."""
    bare = line.strip("*_ \t")
    phrase = CLOSING.match(bare)
    if phrase is None:
        return False
    rest = bare[phrase.end() :].strip(" .,!;:-–—/|*_")
    if not rest:
        return True
    if bare[phrase.end()] == ":" or rest.endswith((".", "?", "!", ",")):
        return False
    second = CLOSING.match(rest)
    if second is not None and second.end() == len(rest):
        return True
    words = rest.split()
    return len(words) <= MAX_NAME_WORDS and all(
        word[0].isupper() or not word[0].isalnum() or word in {"og", "and", "&", "und"} for word in words
    )


def is_mobile_signature(line: str) -> bool:
    """Lines like "Sendt fra min iPhone"."""
    return len(line) <= MAX_MOBILE_LINE and MOBILE.match(line.lstrip("-–—*_[( ")) is not None


def is_list_footer(stripped: Sequence[str], index: int, end: int) -> bool:
    """A rule line with a mailing list's or group's words right under it."""
    line = stripped[index]
    if line.strip("_-") or len(line) < 2:
        return False
    if line != "--" and len(line) < 10 and not line.startswith("__"):
        return False
    return any(LIST_WORDS.search(below[:300]) for below in stripped[index + 1 : min(index + 4, end)])
