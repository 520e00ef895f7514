"""What the checks of a mail's sender add up to, for a person who reads it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["proved", "forwarded", "contradicted", "unproved", "unknown"]
AWAY = frozenset({"temperror", "permerror"})


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """A signature's domain and what became of it."""

    domain: str
    result: str


@dataclass(frozen=True, slots=True)
class SenderCheck:
    """Results in the words of RFC 8601, whom `by` found them, and what they come to."""

    verdict: Verdict
    by: str
    from_domain: str
    spf: str
    spf_domain: str
    dkim: Sequence[SignatureCheck]
    dmarc: str
    policy: str
    arc: str


def sender_check(kept: Mapping[str, object] | None) -> SenderCheck | None:
    """The checks that were kept beside a mail; None for one that nobody checked."""
    if not kept:
        return None
    said = {name: str(value) for name, value in kept.items() if isinstance(value, str)}
    listed = kept.get("dkim")
    signatures = [
        SignatureCheck(str(one.get("domain", "")), str(one.get("result", "none")))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    ]
    return SenderCheck(
        verdict=_verdict(said, signatures),
        by=said.get("by", ""),
        from_domain=said.get("from_domain", ""),
        spf=said.get("spf", "none"),
        spf_domain=said.get("spf_domain", ""),
        dkim=signatures,
        dmarc=said.get("dmarc", "none"),
        policy=said.get("policy", ""),
        arc=said.get("arc", "none"),
    )


def _verdict(said: Mapping[str, str], signatures: Sequence[SignatureCheck]) -> Verdict:
    """DMARC decides where the domain has it; elsewhere a signature or an envelope of the very domain in From."""
    dmarc, domain = said.get("dmarc", "none"), said.get("from_domain", "")
    if dmarc == "pass":
        return "proved"
    if dmarc == "fail":
        # Lists break signatures; an intact ARC chain says that it was in order before (RFC 8617).
        return "forwarded" if said.get("arc") == "pass" else "contradicted"
    passed = {one.domain.lower() for one in signatures if one.result == "pass"}
    if said.get("spf") == "pass":
        passed.add(said.get("spf_domain", "").lower())
    if domain and domain.lower() in passed:
        return "proved"
    return "unknown" if dmarc in AWAY else "unproved"
