"""Who really sent a mail: SPF, DKIM, DMARC and ARC, as Authentication-Results says it (RFC 8601)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Protocol

import authres
import dkim
import spf
from publicsuffixlist import PublicSuffixList

from posthus.intake.dns_lookup import DnsAwayError, Kind, Lookup
from posthus.intake.inbox import Content, storable

MOST_SIGNATURES = 5
_HEADER_BYTES = 256_000


@dataclass(frozen=True, slots=True)
class Sender:
    """Who handed the mail over: address, envelope sender without brackets, name in the greeting."""

    ip: str
    mail_from: str
    helo: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM signature, and what became of it."""

    domain: str
    selector: str
    result: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results in the words of RFC 8601; `policy` is what the domain in From asks for, `by` who checked."""

    by: str
    spf: str = "none"
    spf_domain: str = ""
    dkim: Sequence[Signature] = ()
    dmarc: str = "none"
    policy: str = ""
    from_domain: str = ""
    arc: str = "none"

    def content(self) -> dict[str, Content]:
        """As it is kept beside the mail."""
        fields: dict[str, Content] = {name: value for name, value in asdict(self).items() if name != "dkim"}
        fields["dkim"] = [asdict(signature) for signature in self.dkim]
        return fields


class SpfLookup(Protocol):
    """How pyspf asks for records."""

    def __call__(
        self,
        name: object,
        kind: Kind,
        _: object = None,
        ignore_void: bool = False,  # noqa: FBT001, FBT002 - pyspf's
    ) -> list[object]: ...


class Verifier:
    """Checks mail as the server called `name`; safe for several threads."""

    def __init__(self, lookup: Lookup, name: str) -> None:
        self.lookup = lookup
        self.name = name
        self._suffixes = PublicSuffixList()

    def verify(self, raw: bytes, sender: Sender) -> Authentication:
        """Every check, each by itself: what goes wrong in one is that one's result. Never raises."""
        spf_result, spf_domain = self._spf(sender)
        signatures = self._dkim(raw)
        domain = from_domain(raw)
        passed = [each.domain for each in signatures if each.result == "pass"]
        dmarc, policy = self._dmarc(
            domain, [*passed, *([spf_domain] if spf_result == "pass" else [])], passed
        )
        return Authentication(
            self.name, spf_result, spf_domain, signatures, dmarc, policy, domain, self._arc(raw)
        )

    def _spf(self, sender: Sender) -> tuple[str, str]:
        try:
            query = spf.query(
                i=sender.ip, s=sender.mail_from, h=sender.helo, receiver=self.name, querytime=20
            )
            query.dns = self._spf_records(query)
            result = str(query.check()[0])
        except Exception:  # noqa: BLE001 - the library's edge: a record or an address may hold anything
            result = "permerror"
        return result, _domain(sender.mail_from) or storable(sender.helo.lower())

    def _spf_records(self, query: spf.query) -> SpfLookup:
        """What pyspf asks name servers with, instead of the machine's own resolver."""
        found: dict[tuple[str, Kind], list[object]] = {}

        def records(name: object, kind: Kind, _: object = None, ignore_void: bool = False) -> list[object]:  # noqa: FBT001, FBT002
            key = (str(name).rstrip(".").lower(), kind)
            if key not in found:
                try:
                    found[key] = [_as_spf_wants(record, kind) for record in self.lookup.records(*key)]
                except DnsAwayError as error:
                    raise spf.TempError(str(error)) from error
                query.void_lookups += not found[key] and not ignore_void
                if query.void_lookups > spf.MAX_VOID_LOOKUPS:
                    raise spf.PermError("too many names without records")  # RFC 7208, 4.6.4
            return found[key]

        return records

    def _dkim(self, raw: bytes) -> list[Signature]:
        try:
            signed = dkim.DKIM(raw, timeout=self.lookup.seconds)
            count = sum(name.lower() == b"dkim-signature" for name, _ in signed.headers)
        except Exception:  # noqa: BLE001 - the library's edge
            return []
        return [self._signature(raw, index) for index in range(min(count, MOST_SIGNATURES))]

    def _signature(self, raw: bytes, index: int) -> Signature:
        signed = dkim.DKIM(raw, timeout=self.lookup.seconds)
        try:
            result = "pass" if signed.verify(index, self._key) else "fail"
        except (dkim.DnsTimeoutError, DnsAwayError):
            result = "temperror"
        except dkim.ValidationError:
            result = "fail"
        except Exception:  # noqa: BLE001 - the library's edge: an unreadable signature or key
            result = "permerror"
        return Signature(_text(signed.domain), _text(signed.selector), result)

    def _key(self, name: bytes, timeout: float = 0) -> bytes | None:  # noqa: ARG002 - dkimpy's
        texts = self.lookup.texts(name.decode("ascii", "replace"))
        return texts[0] if texts else None

    def _arc(self, raw: bytes) -> str:
        try:
            result, _, _ = dkim.ARC(raw, timeout=self.lookup.seconds).verify(self._key)
        except (dkim.DnsTimeoutError, DnsAwayError):
            return "temperror"
        except Exception:  # noqa: BLE001 - the library's edge
            return "permerror"
        return _text(result).lower() or "none"

    def _dmarc(self, domain: str, passed: Sequence[str], signed: Sequence[str]) -> tuple[str, str]:
        """RFC 7489: aligned with what passed SPF or DKIM; `signed` are those that passed DKIM."""
        if not domain:
            return "none", ""
        organisation = self._organisation(domain)
        try:
            record = self._policy(domain)
            own = bool(record)
            if not record and organisation != domain:
                record = self._policy(organisation)
        except DnsAwayError:
            return "temperror", ""
        if not record:
            return "none", ""
        policy = record.get("p", "none") if own else record.get("sp", record.get("p", "none"))
        for each in passed:
            strict = record.get("adkim" if each in signed else "aspf", "r") == "s"
            if each == domain or (not strict and self._organisation(each) == organisation):
                return "pass", policy
        return "fail", policy

    def _policy(self, domain: str) -> dict[str, str]:
        texts = [text.decode("ascii", "replace") for text in self.lookup.texts(f"_dmarc.{domain}")]
        records = [text for text in texts if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(records) != 1:  # two of them are none (RFC 7489, 6.6.3)
            return {}
        pairs = (tag.partition("=") for tag in records[0].split(";"))
        return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}

    def _organisation(self, domain: str) -> str:
        return str(self._suffixes.privatesuffix(domain) or domain)


def from_domain(raw: bytes) -> str:
    """The one domain in From; empty where there is none, or more than one."""
    end = raw.find(b"\n\r\n", 0, _HEADER_BYTES)
    other = raw.find(b"\n\n", 0, _HEADER_BYTES)
    ends = [place for place in (end, other) if place >= 0]
    headers = BytesHeaderParser().parsebytes(raw[: min(ends, default=_HEADER_BYTES)] + b"\n\n")
    values = [str(value) for value in headers.get_all("From", [])]
    domains = {_domain(address) for _, address in getaddresses(values)} - {""}
    return domains.pop() if len(values) == 1 and len(domains) == 1 else ""


def read_results(raw: bytes, trusted: Sequence[str]) -> Authentication | None:
    """What a server that is trusted by name wrote on top (RFC 8601, 5); None where it did not."""
    if not trusted:
        return None
    headers = BytesHeaderParser().parsebytes(raw[:_HEADER_BYTES])
    for value in headers.get_all("Authentication-Results", [])[:MOST_SIGNATURES]:
        found = _parsed(str(value))
        if found is not None and str(found.authserv_id).lower() in trusted:
            return _read(found)
    return None


def _parsed(value: str) -> authres.AuthenticationResultsHeader | None:
    try:
        return authres.AuthenticationResultsHeader.parse_value(" ".join(value.split()))
    except Exception:  # noqa: BLE001 - the library's edge: anybody may have written it
        return None


def _read(found: authres.AuthenticationResultsHeader) -> Authentication:
    by_method: dict[str, authres.AuthenticationResult] = {}
    signatures = []
    for result in found.results:
        by_method.setdefault(str(result.method), result)
        if result.method == "dkim":
            named = _property(result, "d") or _domain(_property(result, "i"))
            signatures.append(Signature(named, _property(result, "s"), str(result.result)))

    def result_of(method: str) -> str:
        result = by_method.get(method)
        return str(result.result) if result is not None else "none"

    mail_from = _property(by_method.get("spf"), "mailfrom")
    return Authentication(
        storable(str(found.authserv_id)),
        result_of("spf"),
        _domain(mail_from) or mail_from.lower(),
        signatures[:MOST_SIGNATURES],
        result_of("dmarc"),
        "",
        _property(by_method.get("dmarc"), "from").lower(),
        result_of("arc"),
    )


def _property(result: authres.AuthenticationResult | None, name: str) -> str:
    for each in result.properties if result is not None else ():
        if each.name == name:
            return storable(str(each.value))
    return ""


def _as_spf_wants(record: object, kind: Kind) -> object:
    match kind:
        case "A" | "AAAA":
            return getattr(record, "address", "")
        case "MX":
            return (getattr(record, "preference", 0), str(getattr(record, "exchange", "")).rstrip("."))
        case "PTR":
            return str(getattr(record, "target", "")).rstrip(".")
        case "TXT":
            return getattr(record, "strings", ())


def _domain(address: str) -> str:
    return storable(address.rpartition("@")[2].strip().rstrip(".").lower()) if "@" in address else ""


def _text(value: object) -> str:
    return storable(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or ""))
