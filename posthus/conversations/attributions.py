"""Lines that introduce quoted mail, in Danish, Swedish, Norwegian, German, English and some more.

Gmail, Outlook (old, new, mobile), Apple Mail, Thunderbird, Roundcube, Yahoo, Samsung.
"""

import re
from collections.abc import Sequence

MAX_LINE = 400
MAX_WRAP = 4
MAX_BLOCK = 12

ORIGINAL = frozenset(
    {
        "original message",
        "originalmeddelelse",
        "oprindelig meddelelse",
        "oprindelig besked",
        "oprindelig mail",
        "original besked",
        "original meddelelse",
        "originalbesked",
        "ursprungligt meddelande",
        "ursprungligt mail",
        "originalmeddelande",
        "opprinnelig melding",
        "opprinnelig e-post",
        "original melding",
        "ursprüngliche nachricht",
        "originalnachricht",
        "urspruengliche nachricht",
        "original-nachricht",
        "reply message",
        "original appointment",
        "message d'origine",
        "message original",
        "mensaje original",
        "mensagem original",
        "oorspronkelijk bericht",
        "messaggio originale",
        "wiadomość oryginalna",
        "alkuperäinen viesti",
    }
)
FORWARDED = frozenset(
    {
        "forwarded message",
        "begin forwarded message",
        "videresendt besked",
        "videresendt meddelelse",
        "videresendt mail",
        "start på videresendt besked",
        "start på videresendt meddelelse",
        "vidarebefordrat meddelande",
        "vidarebefordrat mail",
        "vidarebefordrat brev",
        "videresendt melding",
        "videresendt e-post",
        "start på videresendt melding",
        "weitergeleitete nachricht",
        "anfang der weitergeleiteten nachricht",
        "message transféré",
        "mensaje reenviado",
        "doorgestuurd bericht",
    }
)
LABELS: dict[str, str] = {
    label: kind
    for kind, labels in {
        "from": "fra from von från afsender avsändare avsender absender de van da od",
        "sent": "sendt sent gesendet skickat skickades envoyé enviado verzonden inviato",
        "date": "dato date datum fecha data",
        "to": "til to an till modtager mottaker mottagare à para aan a do",
        "copy": "cc kopi kopia bcc",
        "subject": "emne subject betreff ämne objet asunto onderwerp oggetto assunto temat",
        "other": "prioritet priority importance vigtighed prioritet reply-to svar-til attachments vedhæftede",
    }.items()
    for label in labels.split()
}
LABEL = re.compile(r"[*_ \t]{0,4}([^\W\d_][\w-]{0,14})[ \t]?\*{0,2}[ \t]?:\*{0,2}(?:\s|$|<|\")")
VERB = (
    r"skrev|skriver|wrote|writes|schrieb|schreibt|escribió|a écrit|schreef|ha scritto|escreveu|napisał\(a\)|napisał|"
    r"kirjoitti|sendte|skickade|sent"
)
HAS_VERB = re.compile(rf"(?:^|\s)(?:{VERB})(?=[\s:]|$)", re.IGNORECASE)
ENDS_WITH_VERB = re.compile(
    rf"(?:^|\s)(?:{VERB})\s?(?:følgende|følgjande|the following|folgendes)?\s?:$", re.IGNORECASE
)
# One of these words is in whatever HAS_VERB finds: looking for words is much quicker.
VERB_WORDS = frozenset(word for verb in VERB.replace("\\", "").split("|") for word in verb.split()[-1:])
# Zoho and some others leave the colon out.
BARE_VERBS = (" wrote", " skrev", " schrieb")
DATED_START = re.compile(
    r"(?:den|on|am|på|le|el|op|il|em|i|tir|tirs|man|ons|tor|tors|fre|lør|søn|mon|tue|wed|thu|fri|sat|sun|dnia)\.?,?\s",
    re.IGNORECASE,
)
STARTS_WITH_DATE = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b")
BEGINS = re.compile(f"{DATED_START.pattern}|{STARTS_WITH_DATE.pattern}", re.IGNORECASE)
TIME = re.compile(r"\d{1,2}[:.]\d{2}")
DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\s?(?:\d{1,2}[./-]|[^\W\d_]{3,9}\.?\s)\s?\d{2,4}|\b(?:19|20)\d{2}\b"
)
ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,200}")
RULE = "-_=* \t>—–"


def rule_words(line: str) -> str:
    """The words between the dashes of a separator line, lower case."""
    return " ".join(line.strip(RULE).rstrip(":").strip(RULE).casefold().split())


def is_original_rule(line: str) -> bool:
    """`-----Original Message-----` and its kin."""
    return (
        len(line) <= 100 and line.startswith(("--", "__", "==", "*-", "—")) and rule_words(line) in ORIGINAL
    )


def is_forward_rule(line: str) -> bool:
    """`---------- Forwarded message ---------`, or Apple's `Begin forwarded message:`."""
    if len(line) > 100 or not (line.startswith(("--", "__", "==", "—")) or line.endswith(":")):
        return False
    return rule_words(line) in FORWARDED


def is_plain_rule(line: str) -> bool:
    """Outlook's line of underscores or dashes above the quoted header."""
    return len(line) >= 5 and not line.strip("_-")


def label_of(line: str) -> str | None:
    """The kind of header field that a line shows, if any."""
    label = LABEL.match(line)
    return None if label is None else LABELS.get(label.group(1).casefold())


def header_block_length(stripped: Sequence[str], start: int) -> int:
    """How many lines from `start` are a quoted mail's header; 0 when they are not.

    A customer's own "Fra: / Til: / Dato:" lines are no header: it takes a subject or a sending time as well.
    """
    if start >= len(stripped) or ":" not in stripped[start] or label_of(stripped[start][:60]) is None:
        return 0
    kinds: list[str] = []
    last = 0
    for length, line in enumerate(stripped[start : start + MAX_BLOCK], start=1):
        kind = label_of(line[:60])
        if kind is not None:
            kinds.append(kind)
            last = length
        elif not line or len(line) > MAX_LINE:
            break
    seen = set(kinds)
    sender = stripped[start].casefold()
    complete = "from" in seen and ("subject" in seen or "sent" in seen) and len(seen) >= 3
    mailbox = "from" in seen and len(seen) >= 2 and "@" in sender and label_of(stripped[start][:60]) == "from"
    dated = bool(seen & {"date", "sent", "to", "subject"})
    return last if complete or (mailbox and dated) else 0


def attribution_length(stripped: Sequence[str], start: int) -> tuple[int, bool]:
    """Lines of an attribution such as "Den 5. mar. 2024 kl. 10.12 skrev Åse <aase@example.dk>:".

    Returns (0, False) for none; the flag says whether it is one even when no quoted line follows.
    """
    joined = ""
    for count, line in enumerate(stripped[start : start + MAX_WRAP], start=1):
        if (
            not line
            or len(joined) + len(line) > MAX_LINE
            or (count > 1 and line.startswith(">") and line != ">:")
        ):
            break
        joined = f"{joined} {line}" if joined else line
        bare = joined.strip("*_- ")
        if not bare.endswith(":") and not (bare.endswith(BARE_VERBS) and ADDRESS.search(bare)):
            if count == 1 and not could_wrap(bare):
                break
            continue
        sure = judge_attribution(bare, wrapped=count > 1)
        return (0, False) if sure is None else (count, sure)
    return 0, False


def could_wrap(line: str) -> bool:
    """Whether a first line without a colon may be the beginning of a wrapped attribution."""
    return "@" in line or BEGINS.match(line) is not None or has_verb(line)


def has_verb(line: str) -> bool:
    """Whether a line says that somebody wrote."""
    words = line.lower().replace(":", " ").split()
    return not VERB_WORDS.isdisjoint(words) and HAS_VERB.search(line) is not None


def judge_attribution(joined: str, *, wrapped: bool) -> bool | None:
    """None: no attribution. False: only before quoted lines. True: certain."""
    addressed = ADDRESS.search(joined) is not None
    dated = DATE.search(joined) is not None
    timed = dated and TIME.search(joined) is not None
    if not has_verb(joined):
        return True if addressed and timed and joined.endswith((">:", "]:")) else None
    starts = DATED_START.match(joined) is not None or STARTS_WITH_DATE.match(joined) is not None
    ends = ENDS_WITH_VERB.search(joined) is not None
    if starts and (addressed or timed):
        return True
    if ends and (addressed or timed or (starts and dated)):
        return True
    if timed and not wrapped and len(joined) <= 120:
        return True
    plausible = ends or starts or timed or addressed
    return False if plausible and len(joined) <= 200 else None
