"""What a signature says about a person: telephone numbers, title, company and its number. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from posthus.conversations.signatures import find_cvr, find_phones

MAX_SIGNATURE = 4_000
MAX_LINE = 100
MAX_SHOWN_PHONES = 3
SEPARATOR = re.compile(r"\s*(?:[|•·●▪]|\s[-–—/]\s|\t|\s{3,})\s*")
# A company says what it is: Danish, Norwegian, Swedish, German and English legal forms at the end of its name.
LEGAL_FORM = re.compile(
    r"^(?P<name>[\w&][\w&.,'’+ /-]{1,70}?[ ,]\s?(?:ApS|A/S|I/S|K/S|P/S|IVS|A\.m\.b\.a\.?|AMBA|F\.m\.b\.a\.?|AB|AS|ASA|"
    r"GmbH(?: & Co\.? KG)?|AG|KG|UG|SE|Oy|Oyj|B\.?V\.?|Ltd\.?|Limited|LLC|LLP|Inc\.?|PLC|plc))(?=$|[,;(])"
)
TITLES = (
    "direktør chef leder konsulent sælger ingeniør arkitekt advokat revisor bogholder assistent sekretær tekniker"
    " mester montør formand ejer indehaver partner rådgiver ansvarlig koordinator medarbejder specialist udvikler"
    " elev disponent indkøber controller säljare ägare ingenjör handläggare selger rådgivare"
    " geschäftsführer geschäftsführerin leiter leiterin berater beraterin vertrieb inhaber inhaberin ingenieur"
    " ingenieurin manager director engineer consultant officer developer accountant owner founder president"
    " architect advisor adviser assistant coordinator executive supervisor buyer representative ceo cto cfo coo"
)
ENDINGS = tuple(TITLES.split())
HEAD_OF = re.compile(r"head of .{2,40}$")
LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Details:
    """What a signature says; empty where it says nothing. phones begin with a country code where one is known."""

    phones: tuple[str, ...] = ()
    title: str = ""
    company: str = ""
    cvr: str | None = None


def read_details(signature: str, domain: str | None) -> Details:
    """The details of whoever signed; the company only where its number or the sender's domain vouches for the name.

    domain: of the sender's address, None where it is a public mail provider's.
    """
    signature = signature[:MAX_SIGNATURE]
    cvr = find_cvr(signature)
    title = company = ""
    for line in signature.split("\n"):
        for piece in _pieces(line[: 4 * MAX_LINE]):
            form = LEGAL_FORM.match(piece)
            if form is not None and not company and (cvr or (domain and is_named_by(form["name"], domain))):
                company = " ".join(form["name"].split())
            elif form is None and not title and is_title(piece):
                title = piece
    return Details(find_phones(signature)[:MAX_SHOWN_PHONES], title, company, cvr)


def _pieces(line: str) -> Iterator[str]:
    """What a line says, one thing each; `Technical manager, Holm Ltd` says two."""
    for part in SEPARATOR.split(line.strip(" \t\r*_>")):
        piece = part.strip(" ,;*_")
        if not piece or len(piece) > MAX_LINE:
            continue
        before, _, after = piece.partition(",")
        if LEGAL_FORM.match(after.lstrip()) and is_title(before):
            yield from (before, after.lstrip())
        else:
            yield piece


def is_title(piece: str) -> bool:
    """Whether a line is what somebody does for a living: a few words that end in one known for it."""
    written = piece.rstrip(".").lower()
    if len(piece.split()) > 6 or "@" in piece:
        return False
    return written.endswith(ENDINGS) or HEAD_OF.search(written) is not None


def is_named_by(company: str, domain: str) -> bool:
    """Whether a word of the company's name stands in the domain, `tømrer` also as `toemrer` or `tomrer`."""
    labels = domain.rpartition(".")[0]
    for word in re.findall(r"[^\W\d_]{3,}", company.casefold()):
        spelled = {word, word.translate(LETTERS), _plain(word)}
        if any(one in labels for one in spelled):
            return True
    return False


def _plain(word: str) -> str:
    """The word without marks on its letters."""
    bare = word.replace("ø", "o").replace("æ", "ae")
    return "".join(character for character in normalize("NFD", bare) if character.isalpha())
