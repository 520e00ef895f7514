"""Who really sent a mail: SPF, DKIM, DMARC and ARC against a real name server, and what a trusted server says."""

from base64 import b64encode
from collections.abc import Callable, Iterator

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.intake.dns_lookup import Lookup
from posthus.intake.mail_auth import Sender, Signature, Verifier, from_domain, read_results
from tests.integration.intake.names import NameServer, text_record

MAIL = (
    b"From: Salg <salg@firma-navn.dk>\r\nTo: kunde@example.com\r\nSubject: Tilbud\r\n"
    b"Date: Mon, 05 Jan 2026 10:11:12 +0100\r\nMessage-ID: <1@firma-navn.dk>\r\n\r\nHer er tilbuddet.\r\n"
)
SENDER = Sender("192.0.2.10", "salg@firma-navn.dk", "mx.firma-navn.dk")
STRANGER = Sender("198.51.100.9", "nogen@andet.example", "andet.example")


@pytest.fixture(scope="module")
def key() -> bytes:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, plain)


@pytest.fixture(scope="module")
def names(key: bytes) -> Iterator[NameServer]:
    private = serialization.load_pem_private_key(key, None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = b64encode(private.public_key().public_bytes(serialization.Encoding.DER, form)).decode()
    running = NameServer(
        {
            ("firma-navn.dk", "TXT"): ['"anything"', '"v=spf1 mx a:mx.firma-navn.dk include:_spf.firma-navn.dk -all"'],
            ("firma-navn.dk", "MX"): ["10 mx.firma-navn.dk."],
            ("mx.firma-navn.dk", "A"): ["192.0.2.10"],
            ("_spf.firma-navn.dk", "TXT"): ['"v=spf1 ip4:192.0.2.128/25 -all"'],
            ("nu._domainkey.firma-navn.dk", "TXT"): [text_record(f"v=DKIM1; k=rsa; p={public}")],
            ("_dmarc.firma-navn.dk", "TXT"): ['"v=DMARC1; p=reject; sp=quarantine"'],
            ("_dmarc.to.example", "TXT"): ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"'],
            ("_dmarc.streng.example", "TXT"): ['"v=DMARC1; p=quarantine; adkim=s; aspf=s"'],
            ("streng.example", "TXT"): ['"v=spf1 +all"'],
            ("post.streng.example", "TXT"): ['"v=spf1 +all"'],
            ("sløjfe.example".encode("idna").decode(), "TXT"): ['"v=spf1 include:xn--slјfe -all"'],
            ("mange.example", "TXT"): ['"v=spf1 a:1.mange.example a:2.mange.example a:3.mange.example -all"'],
        }
    )  # fmt: skip
    yield running
    running.stop()


@pytest.fixture(scope="module")
def verifier(names: NameServer) -> Verifier:
    return Verifier(Lookup(names.address, seconds=2.0), "mx.posthus.example")


@pytest.fixture(scope="module")
def sign(key: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: bytes(dkim.sign(raw, b"nu", b"firma-navn.dk", key)) + raw


def test_a_good_mail_passes_everything(verifier: Verifier, sign: Callable[[bytes], bytes]) -> None:
    found = verifier.verify(sign(MAIL), SENDER)
    assert (found.spf, found.spf_domain) == ("pass", "firma-navn.dk")
    assert found.dkim == [Signature("firma-navn.dk", "nu", "pass")]
    assert (found.dmarc, found.policy, found.from_domain) == ("pass", "reject", "firma-navn.dk")
    assert (found.arc, found.by) == ("none", "mx.posthus.example")


@pytest.mark.parametrize(
    ("sender", "spf"),
    [
        (SENDER, "pass"),
        (Sender("192.0.2.200", "salg@firma-navn.dk", "x"), "pass"),
        (Sender("192.0.2.11", "salg@firma-navn.dk", "x"), "fail"),
        (Sender("192.0.2.11", "", "firma-navn.dk"), "fail"),
        (Sender("192.0.2.11", "a@ukendt.example", "x"), "none"),
        (Sender("192.0.2.11", "a@mange.example", "x"), "permerror"),
        (Sender("not an address", "a@firma-navn.dk", "x"), "permerror"),
    ],
)
def test_spf(verifier: Verifier, sender: Sender, spf: str) -> None:
    assert verifier.verify(MAIL, sender).spf == spf


def test_a_changed_mail_fails_its_signature_and_its_policy(
    verifier: Verifier, sign: Callable[[bytes], bytes]
) -> None:
    changed = sign(MAIL).replace(b"tilbuddet", b"regningen")
    found = verifier.verify(changed, STRANGER)
    assert found.dkim == [Signature("firma-navn.dk", "nu", "fail")]
    assert (found.dmarc, found.policy) == ("fail", "reject")


def test_a_forwarded_mail_passes_by_its_signature_alone(
    verifier: Verifier, sign: Callable[[bytes], bytes]
) -> None:
    found = verifier.verify(sign(MAIL), STRANGER)
    assert (found.spf, found.dmarc) == ("none", "pass")


@pytest.mark.parametrize(
    ("author", "mail_from", "dmarc", "policy"),
    [
        (b"a@sub.firma-navn.dk", "b@firma-navn.dk", "pass", "quarantine"),
        (b"a@sub.firma-navn.dk", "b@streng.example", "fail", "quarantine"),
        (b"a@streng.example", "b@post.streng.example", "fail", "quarantine"),
        (b"a@streng.example", "b@streng.example", "pass", "quarantine"),
        (b"a@to.example", "b@streng.example", "none", ""),
        (b"a@ukendt.example", "b@streng.example", "none", ""),
        (b"a@firma-navn.dk, b@streng.example", "b@streng.example", "none", ""),
        (b"nobody", "b@streng.example", "none", ""),
    ],
)
def test_dmarc_alignment(verifier: Verifier, author: bytes, mail_from: str, dmarc: str, policy: str) -> None:
    mail = (
        b"From: <" + author + b">\r\n\r\nHej\r\n"
        if b"," not in author
        else b"From: " + author + b"\r\n\r\nHej\r\n"
    )
    found = verifier.verify(mail, Sender("192.0.2.10", mail_from, "mx.firma-navn.dk"))
    assert (found.dmarc, found.policy) == (dmarc, policy)


def test_a_sealed_chain_is_verified(verifier: Verifier, sign: Callable[[bytes], bytes], key: bytes) -> None:
    first = b"Authentication-Results: lists.example; arc=none; dkim=pass header.d=firma-navn.dk\r\n" + sign(
        MAIL
    )
    seal = b"".join(dkim.arc_sign(first, b"nu", b"firma-navn.dk", key, b"lists.example"))
    assert verifier.verify(seal + first, STRANGER).arc == "pass"
    assert verifier.verify(seal + first.replace(b"tilbuddet", b"regningen"), STRANGER).arc == "fail"


def test_without_a_name_server_nothing_is_held_against_anybody(sign: Callable[[bytes], bytes]) -> None:
    alone = Verifier(Lookup(("127.0.0.1", 9), seconds=0.2), "mx.posthus.example")
    found = alone.verify(sign(MAIL), SENDER)
    assert (found.spf, found.dmarc, [each.result for each in found.dkim]) == (
        "temperror",
        "temperror",
        ["temperror"],
    )


@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=300), where=st.integers(0, 400))
def test_nothing_that_is_sent_raises(
    verifier: Verifier, sign: Callable[[bytes], bytes], junk: bytes, where: int
) -> None:
    signed = sign(MAIL)
    verifier.verify(signed[:where] + junk + signed[where:], Sender("192.0.2.10", junk.decode("latin-1"), "x"))
    from_domain(junk)
    read_results(b"Authentication-Results: " + junk + b"\r\n\r\n", ["mx.google.com"])


TOLD = (
    b"Authentication-Results: forged.example; dmarc=pass header.from=bank.example\r\n"
    b"Authentication-Results: MX.google.com;\r\n dkim=pass header.i=@firma.dk header.s=nu;\r\n"
    b" spf=softfail smtp.mailfrom=a@firma.dk; dmarc=fail (p=NONE) header.from=firma.dk\r\nFrom: a@firma.dk\r\n\r\nHej\r\n"
)


def test_only_a_server_trusted_by_name_is_believed() -> None:
    found = read_results(TOLD, ["mx.google.com"])
    assert found is not None
    assert (found.spf, found.spf_domain, found.dmarc, found.from_domain) == (
        "softfail",
        "firma.dk",
        "fail",
        "firma.dk",
    )
    assert found.dkim == [Signature("firma.dk", "nu", "pass")]
    assert read_results(TOLD, ["mx.example.com"]) is None
    assert read_results(TOLD, []) is None
