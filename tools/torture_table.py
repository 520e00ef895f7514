"""Write docs/torture.md: what Posthus reads of every hostile mail beside what the set itself expects."""

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.mail import MAIL  # noqa: E402 - the checkout comes first
from bench.mail_references import Case, stalwart, synthetic  # noqa: E402
from posthus.conversations.mail import parse_mail  # noqa: E402

PAGE = ROOT / "docs" / "torture.md"
HEAD = """# Hostile mail

What Posthus makes of mail that is broken, by accident or on purpose, beside what each set expects of it. This page is
written by `tools/torture_table.py` and compared with the code by a test. No message of any set raises or is lost.

"""


def table(torture: Path) -> str:
    """The page."""
    return (
        HEAD + _sets(torture) + _cases("Synthetic cases", synthetic(torture)) + _differing(stalwart(torture))
    )


def _sets(torture: Path) -> str:
    rows = [
        "| set | messages | with text | with files | only the header | noted as broken |",
        "|---|---|---|---|---|---|",
    ]
    for folder in sorted(path for path in torture.iterdir() if path.is_dir()):
        mails = [parse_mail(path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]
        counts = (
            len(mails),
            sum(bool(mail.text.strip()) for mail in mails),
            sum(bool(mail.attachments) for mail in mails),
            sum(mail.headers_only for mail in mails),
            sum(bool(mail.defects) for mail in mails),
        )
        rows.append(f"| {folder.name} | {' | '.join(map(str, counts))} |")
    return "\n".join(rows) + "\n\n"


def _cases(title: str, cases: Sequence[Case]) -> str:
    right = sum(not case.missed for case in cases)
    rows = [f"## {title}: {right} of {len(cases)}", "", "| case | expected | recovered |", "|---|---|---|"]
    for case in cases:
        recovered = [one for one in case.expected if one not in case.missed]
        said = "all" if not case.missed else ", ".join(recovered) or "nothing"
        rows.append(f"| {case.name.removesuffix('.eml')} | {', '.join(case.expected)} | {said} |")
    return "\n".join(rows) + "\n\n"


def _differing(cases: Sequence[Case]) -> str:
    right = sum(not case.missed for case in cases)
    rows = [
        f"## Stalwart's messages: {right} of {len(cases)} as its own parser reads them",
        "",
        "The others differ where the reference holds U+FFFD for bytes that Posthus reads by guessing the charset, where a",
        "boundary is doubtful, and at a raw NUL.",
        "",
        "| message | differs in |",
        "|---|---|",
        *(f"| {case.name} | {', '.join(case.missed)} |" for case in cases if case.missed),
    ]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(table(MAIL / "torture"), encoding="utf-8")
