"""What SPF, DKIM, DMARC and ARC come to for somebody who reads a mail."""

import pytest

from posthus.conversations.sender_checks import Verdict, sender_check

BANK = "bank.example"
Kept = dict[str, object]


def kept(**said: object) -> Kept:
    return {
        "by": "mx.example",
        "from_domain": BANK,
        "spf": "none",
        "dmarc": "none",
        "arc": "none",
        "dkim": [],
        **said,
    }


def signed(domain: str, result: str = "pass") -> list[Kept]:
    return [{"domain": domain, "selector": "s", "result": result}]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (kept(dmarc="pass"), "proved"),
        (kept(dmarc="fail", policy="reject"), "contradicted"),
        (kept(dmarc="fail", arc="pass"), "forwarded"),
        (kept(dmarc="fail", arc="fail", dkim=signed("spam.example")), "contradicted"),
        (kept(dkim=signed("BANK.example")), "proved"),
        (kept(dkim=signed(BANK, "fail")), "unproved"),
        (kept(dkim=signed("spam.example"), spf="pass", spf_domain="spam.example"), "unproved"),
        (kept(spf="pass", spf_domain=BANK), "proved"),
        (kept(spf="softfail", spf_domain=BANK), "unproved"),
        (kept(dmarc="temperror"), "unknown"),
        (kept(dmarc="temperror", dkim=signed(BANK)), "proved"),
        (kept(from_domain="", spf="pass"), "unproved"),
        ({"by": "mx.example", "dkim": "nonsense", "spf": 7}, "unproved"),
    ],
)
def test_a_verdict(said: Kept, verdict: Verdict) -> None:
    found = sender_check(said)
    assert found is not None
    assert found.verdict == verdict


@pytest.mark.parametrize("nothing", [None, {}])
def test_mail_that_nobody_checked_has_none(nothing: Kept | None) -> None:
    assert sender_check(nothing) is None
