"""Company numbers and telephone numbers in what people write under their mails."""

import re

CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
# A number counts only with a label or a country prefix: Danish telephone numbers have eight digits, too.
CVR = re.compile(
    r"(?<![^\W_])(?:"
    r"(?:cvr|c\.v\.r\.?)(?:[ \t.-]{0,2}(?:nr|no|nummer|number|reg|id|registreringsnummer)\.?)?[ \t]{0,3}[.:#/]?"
    r"|(?:se|vat|moms)[ \t.-]{0,2}(?:nr|no|nummer|number|reg|id|registreringsnummer)\.?[ \t]{0,3}[.:#/]?"
    r"|(?=dk))"
    r"[ \t]{0,3}(?:dk[ \t-]{0,2})?(\d(?:[ \t.\u00a0-]?\d){7})(?![^\W_])",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w@./+-])(?:\+|00)?\(?\d(?:[ \t.\u00a0()/-]{0,2}\d){6,16}(?![\w@])")
LABELLED_NUMBER = re.compile(
    r"(?:cvr|c\.v\.r|se|vat|moms|ean|gln|iban|konto|account|reg|ordre|order|faktura|invoice|sag|case|ticket|varenr|"
    r"varenummer|org|kundenr|kundenummer|nr|no|number|nummer|dk)\.?[ \t]{0,2}(?:nr|no|nummer|number)?[.:#]?[ \t]{0,3}$",
    re.IGNORECASE,
)
PHONE_LABEL = re.compile(
    r"(?:tlf|telefon|phone|tel|mobil|mobile|mob|cell|direkte|direct|ring|kald|dir|m|t|p)[ \t]{0,2}"
    r"(?:nr|no|nummer|number)?[.:]{0,2}[ \t]{0,3}$",
    re.IGNORECASE,
)
NOT_DIGIT = re.compile(r"\D")
DATE_LIKE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d{6}$")
DANISH_GROUPS = re.compile(
    r"\d{8}|\d\d[ \u00a0.-]\d\d[ \u00a0.-]\d\d[ \u00a0.-]\d\d|\d{4}[ \u00a0-]\d{4}|\d\d[ \u00a0]\d{3}[ \u00a0]\d{3}"
)
MAX_PHONES = 10


def valid_cvr(number: str) -> bool:
    """Eight digits whose weighted sum (2, 7, 6, 5, 4, 3, 2, 1) is divisible by 11 (Danish Business Authority)."""
    if len(number) != 8 or not (number.isascii() and number.isdigit()) or number[0] == "0":
        return False
    return sum(weight * int(digit) for weight, digit in zip(CVR_WEIGHTS, number, strict=True)) % 11 == 0


def find_cvr(text: str) -> str | None:
    """The first labelled or DK-prefixed valid CVR number, as eight digits."""
    for found in CVR.finditer(text):
        number = NOT_DIGIT.sub("", found.group(1))
        if valid_cvr(number):
            return number
    return None


def phone_number(written: str, before: str) -> str | None:
    """The number with its country code, or None when it is more likely something else."""
    digits = NOT_DIGIT.sub("", written)
    if written.startswith(("+", "00")):
        digits = digits.removeprefix("00") if not written.startswith("+") else digits
        # A trunk zero in parentheses, "+44 (0)20 …", is not dialled from abroad.
        digits = digits.replace("0", "", 1) if "(0)" in written and "0" in digits else digits
        return f"+{digits}" if 8 <= len(digits) <= 15 else None
    if LABELLED_NUMBER.search(before) or DATE_LIKE.match(written.strip()):
        return None
    if PHONE_LABEL.search(before):
        return f"+45{digits}" if len(digits) == 8 else digits
    if len(digits) == 8 and DANISH_GROUPS.fullmatch(written) and digits[0] in "23456789":
        return f"+45{digits}"
    return None


def find_phones(text: str) -> tuple[str, ...]:
    """Telephone numbers in order, without doubles, at most MAX_PHONES; eight bare digits are Danish (+45)."""
    phones: dict[str, None] = {}
    for found in PHONE.finditer(text):
        before = text[max(0, found.start() - 24) : found.start()]
        number = phone_number(found.group(), before)
        if number is not None:
            phones[number] = None
            if len(phones) == MAX_PHONES:
                break
    return tuple(phones)
